import CEtherFabric
import CLinuxShims
import EtherFabric
import Glibc

/// The adapter behind a network interface, through libciul.
public final class HardwareBackend: AdapterBackend, @unchecked Sendable {
  public static let deviceFile = "/dev/sfc_char"

  public let identity: AdapterIdentity
  /// The library that drives it.
  public let library: LoadedLibrary
  let device: HardwareDevice
  let index: Int32
  /// For questions.
  let handle: ef_driver_handle
  private let probedMTU: Int
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private var state = ControlState()

  /// Opens the adapter of an interface.
  /// - Throws: `ELIBACC` without libciul, `ENODEV` for an interface that does not exist or is no Solarflare adapter's, and
  ///   what the driver refused.
  public init(_ device: HardwareDevice) throws(EtherFabricError) {
    library = try LoadedLibrary.load()
    self.device = device
    index = Int32(bitPattern: if_nametoindex(device.interface))
    guard index != 0 else {
      throw EtherFabricError(
        "Driver.open", errno: ENODEV, reason: "there is no interface '\(device.interface)'", remedy: "See `ip link`.")
    }
    handle = try Self.openHandle("Driver.open", device)
    do throws(EtherFabricError) {
      let probe = try AdapterProbe(device, index: index)
      identity = try probe.identity(library)
      probedMTU = probe.mtu
    } catch {
      Self.closeHandle(handle)
      throw error
    }
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
  }

  /// Every resource holds the backend, so none is left.
  deinit {
    Self.closeHandle(handle)
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// `ef_vi_mtu`, which a virtual interface alone can be asked for and which is 0 on failure; without one, what the
  /// probe found.
  public var mtu: Int {
    locked { state in
      state.interfaces.values.first.map { Int(ciul_ef_vi_mtu($0.structure, $0.handle)) } ?? probedMTU
    }
  }

  public var isLinkUp: Bool {
    let flags = lab_interface_flags(device.interface)
    return flags >= 0 && flags & Int32(IFF_RUNNING) != 0
  }

  /// Runs a control call alone.
  func locked<Result, Failure: Error>(
    _ body: (inout ControlState) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return try body(&state)
  }

  /// A handle of the driver's.
  func openHandle(_ operation: String) throws(EtherFabricError) -> ef_driver_handle {
    try Self.openHandle(operation, device)
  }

  static func openHandle(_ operation: String, _ device: HardwareDevice) throws(EtherFabricError) -> ef_driver_handle {
    var handle: ef_driver_handle = -1
    let result = ciul_ef_driver_open(&handle)
    guard result >= 0 else { throw EtherFabricError(operation, "ef_driver_open", result, on: device.interface) }
    return handle
  }

  /// `ef_driver_close` returns -1 and leaves the reason in errno. There is nobody to tell it to.
  static func closeHandle(_ handle: ef_driver_handle) { _ = ciul_ef_driver_close(handle) }

  func failure(_ operation: String, _ call: String, _ result: Int32) -> EtherFabricError {
    EtherFabricError(operation, call, result, on: device.description)
  }
}
