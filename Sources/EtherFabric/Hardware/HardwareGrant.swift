import CEtherFabric
import EtherFabricFormats

/// An interface that libciul allocated: what a backend over it grants in place of rings.
public struct HardwareGrant {
  /// At an address that stays until the interface is freed.
  public var interface: UnsafeMutablePointer<ef_vi>
  /// The handle it was allocated with: it becomes readable when a primed interface has an event.
  public var handle: ef_driver_handle

  public init(interface: UnsafeMutablePointer<ef_vi>, handle: ef_driver_handle) {
    self.interface = interface
    self.handle = handle
  }
}

extension InterfaceGrant {
  /// The grant of an interface over libciul, whose rings are libciul's.
  public init(_ hardware: HardwareGrant, resource: UInt32, label: Int, datapath: Datapath) {
    let interface = hardware.interface
    // Where a ring is asked for there is none: a word that no path with `hardware` reads.
    let nothing = Self.nothing.pointer
    self.init(
      resource: resource, instance: ciul_ef_vi_instance(interface), label: label,
      flags: InterfaceFlags(rawValue: UInt64(ciul_ef_vi_flags(interface).rawValue)),
      eventQueue: UnsafeMutableRawPointer(nothing), eventCapacity: 1, receiveRing: nothing, receiveCapacity: 0,
      transmitRing: nothing, transmitCapacity: 0,
      receivePrefixLength: Int(ciul_ef_vi_receive_prefix_len(interface)),
      doorbells: UnsafeMutableRawPointer(nothing), service: nil, serviceContext: UnsafeMutableRawPointer(nothing),
      waitDescriptor: hardware.handle)
    self.hardware = hardware
    self.datapath = datapath
    reportsClockState = interface.pointee.vi_out_flags.rawValue & EF_VI_OUT_CLOCK_SYNC_STATUS.rawValue != 0
    timerQuantum = Int(interface.pointee.timer_quantum_ns)
  }

  private struct Nothing: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<UInt64>
  }

  private static let nothing: Nothing = {
    let words = 1024
    let pointer = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
    pointer.initialize(repeating: .max, count: words)
    return Nothing(pointer: pointer)
  }()
}
