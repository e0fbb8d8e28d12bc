internal import WeirJSON

extension Operations {
    /// Refuses metadata that switch encryption on where there is no key: the queue could take no message. What was on
    /// before stays as it is, so that all else about such a queue can be changed.
    func demandKey(toEncrypt metadata: JSONObject, insteadOf former: JSONObject) throws(MetadataFault) {
        func isOn(_ metadata: JSONObject) -> Bool { metadata["_enable_encrypt_messages"]?.boolValue ?? false }
        guard isOn(metadata), !isOn(former), !cipher.canSeal else { return }
        throw MetadataFault(
            "_enable_encrypt_messages: this service has no key to encrypt with; its operator has to set "
                + "limits.message_encryption_key.")
    }
}
