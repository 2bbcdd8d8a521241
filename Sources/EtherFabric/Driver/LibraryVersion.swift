/// What this library says of itself.
public enum LibraryVersion {
  /// `ef_vi_version_str`. Name and version of the library.
  public static let string = "swift-etherfabric 0.3.0"

  /// `ef_vi_driver_interface_str`. The interface between library and driver that this library speaks: here the
  /// requests of `AdapterBackend`. A backend for hardware has libciul's own beside it.
  public static let driverInterface = "etherfabric-backend-3"
}
