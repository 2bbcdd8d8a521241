import CBackendTable

/// How a backend's opener hands its answer over the C table: a backend, or the error.
public final class BackendBox {
  public let result: Result<any AdapterBackend, EtherFabricError>

  public init(_ result: Result<any AdapterBackend, EtherFabricError>) { self.result = result }

  /// What an opener returns: a reference that `open` takes over.
  public func handOver() -> UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }

  /// Opens a device through the table.
  static func open(_ device: DeviceString) throws(EtherFabricError) -> any AdapterBackend {
    guard let opener = efvi_backend_find(device.scheme.rawValue) else {
      throw EtherFabricError(
        "Driver.open", errno: 19, reason: "'\(device.scheme.rawValue):': this build has no such backend",
        remedy: "Available: \(schemes.map { $0 + ":" }.joined(separator: ", ")).")
    }
    return try answer(opener, device.given)
  }

  /// The same for a device of hardware, whose backend is in builds with Onload's headers alone.
  static func open(_ device: HardwareDevice) throws(EtherFabricError) -> any AdapterBackend {
    guard let opener = efvi_backend_find(HardwareDevice.scheme) else { throw DeviceString.absentHardware }
    return try answer(opener, device.description)
  }

  private static func answer(
    _ opener: efvi_backend_open_fn, _ device: String
  ) throws(EtherFabricError) -> any AdapterBackend {
    guard let pointer = opener(device) else {
      throw EtherFabricError(
        "Driver.open", errno: 19, reason: "'\(device)': the backend gave no answer", remedy: "Report this.")
    }
    return try Unmanaged<BackendBox>.fromOpaque(pointer).takeRetainedValue().result.get()
  }

  static var schemes: [String] {
    var names: [String] = []
    while let name = efvi_backend_scheme(Int32(names.count)) { names.append(String(cString: name)) }
    return names
  }
}
