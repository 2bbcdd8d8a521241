// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CLinuxShims
import CiulHeaders
import EtherFabric
import Glibc

let prime: @convention(c) (InterfacePointer?) -> Void = { vi in
  within(vi, else: ()) { $0.pointee.prime() }
}

@c @implementation
public func ef_vi_prime(_ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ current: UInt32) -> CInt {
  withinOwned(vi, handle, "ef_vi_prime") { interface, control throws(EtherFabricError) in
    guard interface.pointee.hasReceiveQueue else { return -ENOENT }
    if !control.isWatched {
      let added = efvi_wait_add(handle, interface.pointee.waitDescriptor)
      // Interfaces that share an event queue share the descriptor.
      guard added == 0 || added == -EEXIST else { return added }
      control.isWatched = true
    }
    interface.pointee.prime(readUpTo: current)
    return 0
  }
}

@c @implementation
public func ef_eventq_wait(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ current: UInt32,
  _ timeout: UnsafePointer<timeval>!
) -> CInt {
  var deadline: ContinuousClock.Instant?
  if let timeout {
    let time = timeout.pointee
    guard time.tv_sec >= 0, time.tv_usec >= 0, time.tv_usec < 1_000_000 else { return invalid }
    let limit = Duration.seconds(min(time.tv_sec, 1 << 32)) + .microseconds(time.tv_usec)
    deadline = ContinuousClock.now + limit
  }
  while true {
    var descriptor: Int32 = -1
    var isExpress = false
    let isThere = withinOwned(vi, handle, "ef_eventq_wait") { interface, _ throws(EtherFabricError) in
      isExpress = interface.pointee.grant.datapath.isExpress
      guard interface.pointee.hasReceiveQueue else { return -ENOENT }
      interface.pointee.prime(readUpTo: current)
      if interface.pointee.hasEvent || (!isExpress && interface.pointee.eventIndex != current) { return 1 }
      // Its own: the interface may be freed while this thread sleeps.
      descriptor = fcntl(interface.pointee.waitDescriptor, F_DUPFD_CLOEXEC, 0)
      return descriptor < 0 ? -errno : 0
    }
    guard isThere == 0 else { return min(isThere, 0) }
    defer { close(descriptor) }
    // Bounded: should a wake-up be missed, it is late and not lost.
    var milliseconds: Int32 = 100
    // The express datapaths take a time of zero for none.
    if let deadline, !isExpress || !(timeout.pointee.tv_sec == 0 && timeout.pointee.tv_usec == 0) {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { return isExpress ? 0 : -ETIMEDOUT }
      let (seconds, attoseconds) = left.components
      milliseconds = Int32(clamping: min(100, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
    }
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard Glibc.poll(&wanted, 1, milliseconds) >= 0 || errno == EINTR else { return isExpress ? -1 : -errno }
  }
}

extension VirtualInterface {
  /// The express datapaths do not look at the place.
  fileprivate mutating func prime(readUpTo current: UInt32) {
    if grant.datapath.isExpress { prime() } else { prime(after: current) }
  }
}
