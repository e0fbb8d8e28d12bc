extension DescriptionSchemas {
    static let messages = #"""
        {
          "Post": {
            "type": "object", "required": ["messages"],
            "properties": {
              "messages": {
                "type": "array", "minItems": 1,
                "items": {
                  "type": "object", "required": ["body"],
                  "properties": {
                    "body": {}, "ttl": {"type": "integer", "minimum": 60}, "delay": {"type": "integer", "minimum": 0}
                  }
                }
              }
            }
          },
          "PostV1": {
            "type": "array", "minItems": 1,
            "items": {
              "type": "object", "required": ["body", "ttl"],
              "properties": {"body": {}, "ttl": {"type": "integer", "minimum": 60}}
            }
          },
          "Posted": {
            "type": "object", "required": ["resources"], "additionalProperties": false,
            "properties": {
              "resources": {"$ref": "#/components/schemas/Names"}, "partial": {"const": false}
            }
          },
          "Message": {
            "type": "object", "required": ["id", "href", "ttl", "age", "body"], "additionalProperties": false,
            "properties": {
              "id": {"type": "string"}, "href": {"type": "string"}, "ttl": {"type": "integer"},
              "age": {"type": "integer"}, "body": {}, "checksum": {"type": "string"}
            }
          },
          "MessageV1": {
            "type": "object", "required": ["href", "ttl", "age", "body"], "additionalProperties": false,
            "properties": {
              "href": {"type": "string"}, "ttl": {"type": "integer"}, "age": {"type": "integer"}, "body": {}
            }
          },
          "Messages": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}},
          "MessagesV1": {"type": "array", "items": {"$ref": "#/components/schemas/MessageV1"}},
          "MessageList": {
            "type": "object", "required": ["messages"], "additionalProperties": false,
            "properties": {
              "messages": {"$ref": "#/components/schemas/Messages"}, "links": {"$ref": "#/components/schemas/Links"}
            }
          },
          "MessageListV1": {
            "oneOf": [
              {
                "type": "object", "required": ["messages", "links"], "additionalProperties": false,
                "properties": {
                  "messages": {"$ref": "#/components/schemas/MessagesV1"},
                  "links": {"$ref": "#/components/schemas/Links"}
                }
              },
              {"$ref": "#/components/schemas/MessagesV1"}
            ]
          },
          "Popped": {
            "type": "object", "required": ["messages"], "additionalProperties": false,
            "properties": {
              "messages": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["id", "ttl", "age", "body", "claim_id", "claim_count"],
                  "properties": {"href": false}
                }
              }
            }
          },
          "ClaimTerms": {
            "type": "object",
            "properties": {
              "ttl": {"type": "integer", "minimum": 60}, "grace": {"type": "integer", "minimum": 60},
              "limit": {"type": "integer", "minimum": 1}
            }
          },
          "ClaimTermsV1": {
            "type": "object", "required": ["ttl", "grace"],
            "properties": {
              "ttl": {"type": "integer", "minimum": 60}, "grace": {"type": "integer", "minimum": 60}
            }
          },
          "ClaimRenewalV1": {
            "type": "object", "required": ["ttl"],
            "properties": {
              "ttl": {"type": "integer", "minimum": 60}, "grace": {"type": "integer", "minimum": 0}
            }
          },
          "Claimed": {
            "type": "object", "required": ["messages"], "additionalProperties": false,
            "properties": {"messages": {"$ref": "#/components/schemas/Messages"}}
          },
          "ClaimedV1": {"$ref": "#/components/schemas/MessagesV1"},
          "Claim": {
            "type": "object", "required": ["age", "ttl", "href", "messages"], "additionalProperties": false,
            "properties": {
              "age": {"type": "integer"}, "ttl": {"type": "integer"}, "href": {"type": "string"},
              "messages": {"$ref": "#/components/schemas/Messages"}
            }
          },
          "ClaimV1": {
            "type": "object", "required": ["age", "ttl", "href", "messages"], "additionalProperties": false,
            "properties": {
              "age": {"type": "integer"}, "ttl": {"type": "integer"}, "href": {"type": "string"},
              "messages": {"$ref": "#/components/schemas/MessagesV1"}
            }
          }
        }
        """#
}
