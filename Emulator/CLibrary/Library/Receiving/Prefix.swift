// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CLinuxShims
import CiulHeaders
import EtherFabric
import Glibc

let receiveTimestamp:
  @convention(c) (InterfacePointer?, UnsafeRawPointer?, UnsafeMutablePointer<ef_precisetime>?) -> CInt = {
    vi, packet, time in
    guard let packet, let time else { return invalid }
    return within(vi, else: invalid) { interface in
      do throws(TimestampError) {
        let stamp = try interface.pointee.receiveTimestamp(packet)
        time.pointee = ef_precisetime(
          tv_sec: Int64(truncatingIfNeeded: stamp.seconds), tv_nsec: stamp.nanoseconds, tv_nsec_frac: stamp.fraction,
          tv_flags: UInt16(stamp.sync.rawValue))
        return 0
      } catch {
        return -error.errno
      }
    }
  }

@c @implementation
public func ef_vi_receive_get_timestamp(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ packet: UnsafeRawPointer!, _ time: UnsafeMutablePointer<timespec>!
) -> CInt {
  guard let time else { return -1 }
  var precise = ef_precisetime()
  guard receiveTimestamp(vi, packet, &precise) == 0 else { return -1 }
  time.pointee.tv_sec = Int(precise.tv_sec)
  time.pointee.tv_nsec = Int(precise.tv_nsec)
  return 0
}

@c @implementation
public func ef_vi_receive_get_timestamp_with_sync_flags(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ packet: UnsafeRawPointer!, _ time: UnsafeMutablePointer<timespec>!,
  _ flags: UnsafeMutablePointer<UInt32>!
) -> CInt {
  guard let time, let flags else { return invalid }
  var precise = ef_precisetime()
  let result = receiveTimestamp(vi, packet, &precise)
  if result == 0 {
    time.pointee.tv_sec = Int(precise.tv_sec)
    time.pointee.tv_nsec = Int(precise.tv_nsec)
    flags.pointee = UInt32(precise.tv_flags)
  }
  return result
}

@c @implementation
public func ef_vi_receive_get_bytes(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ packet: UnsafeRawPointer!, _ bytes: UnsafeMutablePointer<UInt16>!
) -> CInt {
  guard let packet, let bytes else { return invalid }
  return within(vi, else: invalid) { interface in
    guard let length = interface.pointee.receiveBytes(packet) else { return invalid }
    bytes.pointee = UInt16(truncatingIfNeeded: length)
    return 0
  }
}

let filterID: @convention(c) (InterfacePointer?, UnsafePointer<ef_event>?, UnsafeRawPointer?) -> Int32 = {
  vi, event, packet in
  guard let event else { return invalid }
  return within(vi, else: invalid) { interface in
    do throws(QueueError) {
      guard let event = EventWords(event).receiveEvent else { return invalid }
      return Int32(try interface.pointee.filterID(of: event, packet: packet))
    } catch {
      return -error.errno
    }
  }
}

extension EventWords {
  /// The Swift event, as far as it matters for the filter of a packet.
  var receiveEvent: Event? {
    switch first & 0xffff {
    case Kind.receive, Kind.receiveDiscard, Kind.receiveMulti, Kind.receiveMultiDiscard:
      .receive(Event.Receive(id: .none, bytes: 0, flags: [], queue: 0))
    case Kind.receiveReference, Kind.receiveReferenceDiscard:
      .receiveReference(
        Event.ReceiveReference(
          packet: UInt32(truncatingIfNeeded: first >> 32), bytes: 0,
          filterID: UInt16(truncatingIfNeeded: second >> 8), queue: UInt8(truncatingIfNeeded: second)))
    default: nil
    }
  }
}
