import EtherFabric

/// What the C table calls for `sfc:` devices.
@c(efvi_hardware_open)
public func hardwareOpen(_ device: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer? {
  guard let device else { return nil }
  do throws(EtherFabricError) {
    return BackendBox(.success(try HardwareBackend(try HardwareDevice(String(cString: device))))).handOver()
  } catch {
    return BackendBox(.failure(error)).handOver()
  }
}
