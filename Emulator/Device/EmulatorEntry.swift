@c(efvi_emulator_open)
public func emulatorOpen(_ device: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer? { nil }
