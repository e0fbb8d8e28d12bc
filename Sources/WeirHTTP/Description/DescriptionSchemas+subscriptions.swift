extension DescriptionSchemas {
    static let subscriptions = #"""
        {
          "NewSubscription": {
            "type": "object", "required": ["subscriber"],
            "properties": {
              "subscriber": {"type": "string"}, "ttl": {"type": "integer", "minimum": 60}, "options": {"type": "object"}
            }
          },
          "SubscriptionChange": {
            "type": "object", "minProperties": 1,
            "properties": {
              "subscriber": {"type": "string"}, "ttl": {"type": "integer", "minimum": 60}, "options": {"type": "object"}
            }
          },
          "Subscribed": {
            "type": "object", "required": ["subscription_id"], "properties": {"subscription_id": {"type": "string"}}
          },
          "Subscription": {
            "type": "object", "additionalProperties": false,
            "required": ["id", "source", "subscriber", "ttl", "age", "options", "confirmed"],
            "properties": {
              "id": {"type": "string"}, "source": {"type": "string"}, "subscriber": {"type": "string"},
              "ttl": {"type": "integer"}, "age": {"type": "integer"}, "options": {"type": "object"},
              "confirmed": {"type": "boolean"}
            }
          },
          "SubscriptionList": {
            "type": "object", "required": ["subscriptions", "links"],
            "properties": {
              "subscriptions": {"type": "array", "items": {"$ref": "#/components/schemas/Subscription"}},
              "links": {"$ref": "#/components/schemas/Links"}
            }
          },
          "Confirmation": {
            "type": "object", "required": ["confirmed"], "properties": {"confirmed": {"type": "boolean"}}
          },
          "FailureList": {
            "type": "object", "required": ["failures", "links"],
            "properties": {
              "failures": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["id", "failed", "attempts", "reason", "status", "message"],
                  "properties": {"id": {"type": "string"}, "failed": {"$ref": "#/components/schemas/Time"}}
                }
              },
              "links": {"$ref": "#/components/schemas/Links"}
            }
          },
          "Redriven": {
            "type": "object", "required": ["redriven"], "properties": {"redriven": {"type": "integer"}}
          }
        }
        """#
}
