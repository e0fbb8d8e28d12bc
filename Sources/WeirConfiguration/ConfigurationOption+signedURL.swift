extension ConfigurationOption {
    static let signedURL: [ConfigurationOption] = [
        .init(
            "signed_url.secret_key", \.signedURL.secretKey, .optionalText("a key, or empty"), default: nil,
            isSecret: true,
            "The key that signs pre-signed access, the same on all nodes; empty means that nothing can be shared."),
        .init(
            "signed_url.previous_keys", \.signedURL.previousKeys, .list(of: "keys"), default: [], isSecret: true,
            "Keys whose signatures are still accepted, while a new one takes their place."),
        .init(
            "signed_url.max_ttl", \.signedURL.maxTTL, .integer(1...2_147_483_647, "seconds"), default: 31_536_000,
            "The longest life of a signature."),
    ]
}
