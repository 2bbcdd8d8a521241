import CEtherFabric
import EtherFabric
import Glibc

/// Finds out what an adapter is. Only a virtual interface tells, so one with an event queue alone is allocated, asked
/// and freed.
struct AdapterProbe {
  private let device: HardwareDevice
  private let architecture: UInt8
  private let variant: UInt8
  private let revision: UInt8
  private let mac: [UInt8]
  /// `ef_vi_mtu`.
  let mtu: Int

  init(_ device: HardwareDevice, index: Int32) throws(EtherFabricError) {
    let operation = "Driver.open"
    self.device = device
    let domain = zeroed(ef_pd.self)
    let interface = zeroed(ef_vi.self)
    defer {
      domain.deallocate()
      interface.deallocate()
    }
    // What was allocated goes with this handle.
    let own = try HardwareBackend.openHandle(operation, device)
    defer { HardwareBackend.closeHandle(own) }
    let flags = ef_pd_flags(rawValue: .init(device.domainFlags.rawValue))
    var result = ciul_ef_pd_alloc(domain, own, index, flags)
    guard result >= 0 else { throw EtherFabricError(operation, "ef_pd_alloc", result, on: device.description) }
    defer { _ = ciul_ef_pd_free(domain, own) }
    result = ciul_ef_vi_alloc_from_pd(interface, own, domain, own, -1, 0, 0, nil, -1, EF_VI_FLAGS_DEFAULT)
    guard result >= 0 else { throw EtherFabricError(operation, "ef_vi_alloc_from_pd", result, on: device.description) }
    defer { _ = ciul_ef_vi_free(interface, own) }
    architecture = interface.pointee.nic_type.arch
    variant = UInt8(bitPattern: interface.pointee.nic_type.variant)
    revision = interface.pointee.nic_type.revision
    var bytes = [UInt8](repeating: 0, count: 6)
    result = ciul_ef_vi_get_mac(interface, own, &bytes)
    guard result >= 0 else { throw EtherFabricError(operation, "ef_vi_get_mac", result, on: device.description) }
    mac = bytes
    mtu = Int(ciul_ef_vi_mtu(interface, own))
  }

  func identity(_ library: LoadedLibrary) throws(EtherFabricError) -> AdapterIdentity {
    guard let generation else {
      throw EtherFabricError(
        "Driver.open", errno: EOPNOTSUPP,
        reason: "\(device): an adapter of architecture \(architecture), variant \(variant), which is not known here",
        remedy: "Use an adapter of the 8000, X2, X3 or X4 series, or emu:afpacket:\(device.interface).")
    }
    return AdapterIdentity(
      device: device.description, interface: device.interface, generation: generation,
      macAddress: MACAddress(bytes: mac) ?? MACAddress(value: 0), isEmulated: library.isEmulated,
      numaNode: InterfaceFiles(device.interface).numaNode,
      configuration: [
        ("library", library.path), ("library version", library.version),
        ("driver interface", library.driverInterface),
        ("nic", "architecture \(architecture), variant \(Character(UnicodeScalar(variant))), revision \(revision)"),
        ("clock", library.isEmulated ? "software: an emulated adapter" : "the adapter's"),
      ])
  }

  private var generation: Generation? {
    switch (UInt32(architecture), variant) {
    case (UInt32(EF_VI_ARCH_EF10.rawValue), UInt8(ascii: "B")): .sfc8000
    case (UInt32(EF_VI_ARCH_EF10.rawValue), UInt8(ascii: "C")): .x2
    case (UInt32(EF_VI_ARCH_EF10.rawValue), UInt8(ascii: "F")): .x4
    case (UInt32(EF_VI_ARCH_EFCT.rawValue), _): .x3
    case (UInt32(EF_VI_ARCH_EF10CT.rawValue), _): .x4Express
    default: nil
    }
  }
}
