import ArgumentParser

/// A byte as users write it: decimal, or hexadecimal after `0x`.
struct FillByte: ExpressibleByArgument {
  let value: UInt8

  init(value: UInt8) { self.value = value }

  init?(argument: String) {
    let isHex = argument.hasPrefix("0x") || argument.hasPrefix("0X")
    guard let value = UInt8(isHex ? argument.dropFirst(2) : argument[...], radix: isHex ? 16 : 10) else { return nil }
    self.value = value
  }

  var defaultValueDescription: String { String(value) }
}
