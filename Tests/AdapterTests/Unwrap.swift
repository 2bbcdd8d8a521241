/// `#require` for values that cannot be copied.
func unwrap<Value: ~Copyable>(_ value: consuming Value?, _ what: String = "value") throws -> Value {
  guard let value else { throw Missing(what: what) }
  return value
}

struct Missing: Error {
  let what: String
}
