/// The shapes of bodies, as JSON schemas by name.
enum DescriptionSchemas {
    static let service = #"""
        {
          "Object": {"type": "object"},
          "Text": {"type": "string"},
          "Refusal": {
            "type": "object", "required": ["title"],
            "properties": {"title": {"type": "string"}, "description": {"type": "string"}},
            "additionalProperties": false
          },
          "Links": {
            "type": "array", "maxItems": 1,
            "items": {
              "type": "object", "required": ["rel", "href"], "additionalProperties": false,
              "properties": {"rel": {"const": "next"}, "href": {"type": "string", "pattern": "^/v"}}
            }
          },
          "Names": {"type": "array", "items": {"type": "string"}},
          "Time": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"},
          "Versions": {
            "type": "object", "required": ["versions"],
            "properties": {
              "versions": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["id", "status", "updated", "media-types", "links"],
                  "properties": {"id": {"enum": ["1", "1.1", "2"]}, "status": {"enum": ["CURRENT", "DEPRECATED"]}}
                }
              }
            }
          },
          "Home": {"type": "object", "required": ["resources"], "properties": {"resources": {"type": "object"}}},
          "Readiness": {
            "type": "object", "required": ["ready", "catalog", "pools"],
            "properties": {
              "ready": {"type": "boolean"}, "catalog": {"enum": ["reachable", "unreachable"]},
              "pools": {"type": "object"}
            }
          },
          "Capabilities": {"type": "object", "required": ["drivers"], "properties": {"drivers": {"type": "object"}}},
          "AuditList": {
            "type": "object", "required": ["links", "entries"],
            "properties": {
              "links": {"$ref": "#/components/schemas/Links"},
              "entries": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["id", "at", "actor", "action", "subject", "before", "after"],
                  "properties": {"id": {"type": "integer"}, "at": {"$ref": "#/components/schemas/Time"}}
                }
              }
            }
          },
          "VerifyStep": {
            "type": "object", "additionalProperties": false,
            "properties": {"repair": {"type": "boolean"}, "cursor": {"type": ["string", "null"]}}
          },
          "VerifyAnswer": {
            "type": "object", "required": ["findings", "checked", "cursor"],
            "properties": {
              "findings": {"type": "array", "items": {"type": "object", "required": ["kind", "pool", "detail"]}},
              "checked": {"type": "object", "required": ["queues", "lives"]},
              "cursor": {"type": ["string", "null"]}
            }
          }
        }
        """#
}
