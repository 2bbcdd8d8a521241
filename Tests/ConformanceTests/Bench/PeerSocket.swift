import CLinuxShims
import EtherFabric
import Glibc

/// A packet socket of the peer: whole frames both ways. The tag that the kernel takes off a frame comes beside it, and
/// is put back here.
final class PeerSocket {
  let descriptor: Int32
  private let control = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 16)
  private let bytes = UnsafeMutableRawPointer.allocate(byteCount: PeerSocket.room, alignment: 16)
  private static let room = 1 << 17

  init(_ interface: String) throws {
    descriptor = packet_socket_open()
    _ = packet_socket_ignore_outgoing(descriptor)
    _ = packet_socket_buffer(descriptor, 1, 16 << 20)
    _ = packet_socket_set(descriptor, SOL_PACKET, PACKET_AUXDATA, 1)
    let index = packet_interface_index(descriptor, interface)
    let result = packet_socket_bind(descriptor, index, UInt16(ETH_P_ALL))
    guard descriptor >= 0, result == 0 else {
      throw EtherFabricError("PeerSocket", errno: -min(descriptor, result), reason: interface, remedy: "Run as root.")
    }
  }

  deinit {
    close(descriptor)
    control.deallocate()
    bytes.deallocate()
  }

  func send(_ frame: [UInt8]) -> Bool { packet_send(descriptor, frame, frame.count) == 0 }

  func receive(within timeout: Duration) -> [UInt8]? {
    var frame: [UInt8]?
    _ = eventually(timeout) {
      frame = next()
      return frame != nil
    }
    return frame
  }

  private func next() -> [UInt8]? {
    var vector = iovec(iov_base: bytes, iov_len: Self.room)
    var header = msghdr()
    header.msg_control = control
    header.msg_controllen = 256
    let count = withUnsafeMutablePointer(to: &vector) { vector in
      header.msg_iov = vector
      header.msg_iovlen = 1
      return recvmsg(descriptor, &header, Int32(MSG_DONTWAIT))
    }
    guard count >= 0 else { return nil }
    var frame = Array(UnsafeRawBufferPointer(start: bytes, count: count))
    let head = MemoryLayout<cmsghdr>.size
    guard header.msg_controllen >= head + MemoryLayout<tpacket_auxdata>.size else { return frame }
    let data = (control + head).load(as: tpacket_auxdata.self)
    if Int(data.tp_status) & packet_status_vlan_valid != 0 {
      frame.insert(contentsOf: data.tp_vlan_tpid.wire + data.tp_vlan_tci.wire, at: 12)
    }
    return frame
  }
}
