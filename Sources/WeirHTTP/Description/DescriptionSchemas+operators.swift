extension DescriptionSchemas {
    static let operators = #"""
        {
          "Weight": {"type": "integer", "minimum": 0, "maximum": 4294967295},
          "PoolURI": {"type": "string", "maxLength": 2048},
          "NewPool": {
            "type": "object", "required": ["uri", "weight"], "additionalProperties": false,
            "properties": {
              "uri": {"$ref": "#/components/schemas/PoolURI"}, "weight": {"$ref": "#/components/schemas/Weight"},
              "flavor": {"type": ["string", "null"], "maxLength": 255}, "options": {"type": "object"},
              "state": {"enum": ["open", "draining"]}
            }
          },
          "NewPoolV1": {
            "type": "object", "required": ["uri", "weight"], "additionalProperties": false,
            "properties": {
              "uri": {"$ref": "#/components/schemas/PoolURI"}, "weight": {"$ref": "#/components/schemas/Weight"},
              "flavor": {}, "options": {"type": "object"}
            }
          },
          "PoolChange": {
            "type": "object", "minProperties": 1,
            "properties": {
              "uri": {"$ref": "#/components/schemas/PoolURI"}, "weight": {"$ref": "#/components/schemas/Weight"},
              "flavor": {"type": ["string", "null"], "maxLength": 255}, "options": {"type": "object"},
              "state": {"enum": ["open", "draining"]}
            }
          },
          "PoolChangeV1": {
            "type": "object", "minProperties": 1,
            "properties": {
              "uri": {"$ref": "#/components/schemas/PoolURI"}, "weight": {"$ref": "#/components/schemas/Weight"},
              "options": {"type": "object"}
            }
          },
          "Pool": {
            "type": "object", "required": ["name", "uri", "weight", "href"],
            "properties": {
              "name": {"type": "string"}, "uri": {"type": "string"}, "weight": {"$ref": "#/components/schemas/Weight"},
              "flavor": {"type": ["string", "null"]}, "href": {"type": "string"}, "options": {"type": "object"},
              "driver": {"type": ["string", "null"]}, "capabilities": {"$ref": "#/components/schemas/Names"},
              "probe": {"type": ["object", "null"]}, "flavor_missing": {"$ref": "#/components/schemas/Names"},
              "state": {"enum": ["open", "opening", "draining", "unreachable"]}, "queues": {"type": "integer"}
            }
          },
          "PoolList": {
            "type": "object", "required": ["links", "pools"],
            "properties": {
              "links": {"$ref": "#/components/schemas/Links"},
              "pools": {"type": "array", "items": {"$ref": "#/components/schemas/Pool"}}
            }
          },
          "Capability": {"enum": ["FIFO", "CLAIMS", "DURABILITY", "AOD", "HIGH_THROUGHPUT"]},
          "Requirements": {
            "oneOf": [
              {"type": "array", "items": {"$ref": "#/components/schemas/Capability"}},
              {"type": "object", "propertyNames": {"$ref": "#/components/schemas/Capability"}}
            ]
          },
          "NewFlavor": {
            "type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": {
              "pool_list": {"$ref": "#/components/schemas/Names"},
              "capabilities": {"$ref": "#/components/schemas/Requirements"}
            }
          },
          "FlavorChange": {
            "type": "object",
            "properties": {
              "pool_list": {"$ref": "#/components/schemas/Names"},
              "capabilities": {"$ref": "#/components/schemas/Requirements"}
            }
          },
          "FlavorV1": {
            "type": "object", "required": ["capabilities"],
            "properties": {"capabilities": {"$ref": "#/components/schemas/Requirements"}}
          },
          "Flavor": {
            "type": "object", "required": ["name", "href"], "additionalProperties": false,
            "properties": {
              "name": {"type": "string"}, "href": {"type": "string"},
              "pool_list": {"$ref": "#/components/schemas/Names"},
              "capabilities": {"type": "array", "items": {"$ref": "#/components/schemas/Capability"}}
            }
          },
          "FlavorList": {
            "type": "object", "required": ["links", "flavors"],
            "properties": {
              "links": {"$ref": "#/components/schemas/Links"},
              "flavors": {"type": "array", "items": {"$ref": "#/components/schemas/Flavor"}}
            }
          },
          "NewMigration": {
            "type": "object", "additionalProperties": false,
            "properties": {
              "queue": {"type": "string"}, "from": {"type": "string"}, "rebalance": {"type": ["string", "null"]},
              "to": {"type": "string"}, "project": {"type": "string"}, "dry_run": {"type": "boolean"},
              "keep_source_seconds": {"type": "integer", "minimum": 0}, "postpone": {"type": "boolean"},
              "messages_per_second": {"type": ["integer", "null"], "minimum": 1},
              "bytes_per_second": {"type": ["integer", "null"], "minimum": 1}
            }
          },
          "Throttle": {
            "type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": {
              "messages_per_second": {"type": ["integer", "null"], "minimum": 1},
              "bytes_per_second": {"type": ["integer", "null"], "minimum": 1}
            }
          },
          "Migration": {
            "type": "object",
            "required": [
              "id", "project", "queue", "from", "to", "state", "phase", "copied", "total", "dirty", "rate",
              "eta_seconds", "stall_ms", "verified", "error", "created", "updated", "history"
            ],
            "properties": {
              "id": {"type": "string"},
              "state": {
                "enum": [
                  "planned", "copying", "catching_up", "ready", "cutover", "switched", "cleaning", "done", "paused",
                  "cancelled", "reversing", "reversed", "failed"
                ]
              },
              "created": {"$ref": "#/components/schemas/Time"}, "updated": {"$ref": "#/components/schemas/Time"}
            }
          },
          "MigrationList": {
            "type": "object", "required": ["links", "migrations"],
            "properties": {
              "links": {"$ref": "#/components/schemas/Links"},
              "migrations": {"type": "array", "items": {"$ref": "#/components/schemas/Migration"}}
            }
          },
          "MigrationPlan": {
            "type": "object", "required": ["plan", "queues", "refusals", "refused"],
            "properties": {"plan": {"type": "array"}, "refusals": {"type": "array"}}
          },
          "MigrationsBegun": {
            "type": "object", "required": ["migrations", "queues", "refusals", "refused"],
            "properties": {"migrations": {"type": "array"}, "refusals": {"type": "array"}}
          }
        }
        """#
}
