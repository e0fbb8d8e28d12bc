extension DescriptionSchemas {
    static let queues = #"""
        {
          "Metadata": {"type": "object"},
          "QueueList": {
            "type": "object", "required": ["queues", "links"],
            "properties": {
              "queues": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["name", "href"], "additionalProperties": false,
                  "properties": {
                    "name": {"type": "string"}, "href": {"type": "string"},
                    "metadata": {"$ref": "#/components/schemas/Metadata"}
                  }
                }
              },
              "links": {"$ref": "#/components/schemas/Links"},
              "count": {"type": "integer"}
            }
          },
          "TopicList": {
            "type": "object", "required": ["topics", "links"],
            "properties": {
              "topics": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["name", "href"], "additionalProperties": false,
                  "properties": {
                    "name": {"type": "string"}, "href": {"type": "string"},
                    "metadata": {"$ref": "#/components/schemas/Metadata"}
                  }
                }
              },
              "links": {"$ref": "#/components/schemas/Links"}
            }
          },
          "TopicStats": {
            "type": "object", "required": ["messages"],
            "properties": {
              "messages": {
                "type": "object", "required": ["total"], "additionalProperties": false,
                "properties": {
                  "total": {"type": "integer"},
                  "oldest": {"oneOf": [{"$ref": "#/components/schemas/StatsEnd"}, {"const": 0}]},
                  "newest": {"oneOf": [{"$ref": "#/components/schemas/StatsEnd"}, {"const": 0}]}
                }
              }
            }
          },
          "MetadataPatch": {
            "type": "array",
            "items": {
              "type": "object", "required": ["op", "path"],
              "properties": {
                "op": {"enum": ["add", "replace", "remove"]},
                "path": {"type": "string", "pattern": "^/metadata/[a-z_]{1,32}$"},
                "value": {}
              }
            }
          },
          "QueueRoute": {
            "type": "object", "required": ["pool", "epoch", "flavor", "migration"],
            "properties": {
              "pool": {"type": "string"}, "epoch": {"type": "integer"}, "flavor": {"type": ["string", "null"]},
              "migration": {"type": ["string", "null"]}
            }
          },
          "StatsEnd": {
            "type": "object", "required": ["href", "age", "created"], "additionalProperties": false,
            "properties": {
              "href": {"type": "string"}, "age": {"type": "integer"},
              "created": {"$ref": "#/components/schemas/Time"}
            }
          },
          "Stats": {
            "type": "object", "required": ["messages"],
            "properties": {
              "messages": {
                "type": "object", "required": ["claimed", "free", "total"], "additionalProperties": false,
                "properties": {
                  "claimed": {"type": "integer"}, "free": {"type": "integer"}, "total": {"type": "integer"},
                  "oldest": {"$ref": "#/components/schemas/StatsEnd"},
                  "newest": {"$ref": "#/components/schemas/StatsEnd"}
                }
              }
            }
          },
          "Share": {
            "type": "object", "additionalProperties": false,
            "properties": {
              "paths": {"type": "array", "items": {"enum": ["messages", "subscriptions", "claims"]}},
              "methods": {"$ref": "#/components/schemas/Names"},
              "expires": {"type": "string", "format": "date-time"}
            }
          },
          "Signature": {
            "type": "object", "required": ["paths", "methods", "project", "expires", "signature"],
            "properties": {
              "paths": {"$ref": "#/components/schemas/Names"}, "methods": {"$ref": "#/components/schemas/Names"},
              "project": {"type": "string"}, "expires": {"type": "string"},
              "signature": {"type": "string", "pattern": "^[0-9a-f]{64}$"}
            }
          },
          "Purge": {
            "type": "object", "required": ["resource_types"],
            "properties": {
              "resource_types": {"type": "array", "items": {"enum": ["messages", "subscriptions"]}}
            }
          }
        }
        """#
}
