import EtherFabric

/// What the C table calls for `emu:` devices.
@c(efvi_emulator_open)
public func emulatorOpen(_ device: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer? {
  guard let device else { return nil }
  let text = String(cString: device)
  do throws(EtherFabricError) {
    return BackendBox(.success(try Emulator.open(text))).handOver()
  } catch {
    return BackendBox(.failure(error)).handOver()
  }
}
