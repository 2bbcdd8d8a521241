import CLinuxShims
import Glibc

/// A kernel socket of the other end.
final class KernelSocket {
  let descriptor: Int32

  init(_ descriptor: Int32) throws {
    guard descriptor >= 0 else { throw SettingError("socket: \(errorText())") }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// A plain packet socket at an interface, which sees whole frames.
  static func raw(_ interface: String) throws -> KernelSocket {
    let socket = try KernelSocket(packet_socket_open())
    _ = packet_socket_ignore_outgoing(socket.descriptor)
    _ = packet_socket_buffer(socket.descriptor, 1, 8 << 20)
    let index = packet_interface_index(socket.descriptor, interface)
    guard packet_socket_bind(socket.descriptor, index, UInt16(ETH_P_ALL)) == 0 else {
      throw SettingError("bind to \(interface)")
    }
    return socket
  }

  static func udp(local: String? = nil, port: UInt16 = 0) throws -> KernelSocket {
    let socket = try KernelSocket(socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
    if let local { try socket.name(local, port) { Glibc.bind($0, $1, $2) } }
    return socket
  }

  static func tcp(_ family: Int32) throws -> KernelSocket {
    try KernelSocket(socket(family, Int32(SOCK_STREAM.rawValue), 0))
  }

  func set(_ level: Int32, _ option: Int32, _ value: Int32) throws {
    guard packet_socket_set(descriptor, level, option, value) == 0 else { throw SettingError("option \(option)") }
  }

  func bind(_ address: String, _ port: UInt16) throws { try name(address, port) { Glibc.bind($0, $1, $2) } }
  func connect(_ address: String, _ port: UInt16) throws { try name(address, port) { Glibc.connect($0, $1, $2) } }

  func listen() throws {
    guard Glibc.listen(descriptor, 1) == 0 else { throw SettingError("listen: \(errorText())") }
  }

  func accept() throws -> KernelSocket { try KernelSocket(Glibc.accept(descriptor, nil, nil)) }

  /// Bytes sent, 0 where it would block.
  @discardableResult
  func send(_ bytes: some Collection<UInt8>) throws -> Int {
    let array = Array(bytes)
    let sent = Glibc.send(descriptor, array, array.count, Int32(MSG_DONTWAIT))
    if sent < 0 && errno != EAGAIN { throw SettingError("send of \(array.count): \(errorText())") }
    return max(sent, 0)
  }

  /// What has arrived, or nil.
  func receive(_ room: Int = 1 << 17) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: room)
    let count = recv(descriptor, &bytes, room, Int32(MSG_DONTWAIT))
    return count < 0 ? nil : Array(bytes[..<count])
  }

  /// What arrives within the time.
  func receive(within milliseconds: Int) -> [UInt8]? {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    poll(&entry, 1, Int32(milliseconds))
    return receive()
  }

  private func name(
    _ address: String, _ port: UInt16, _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws {
    var storage = sockaddr_storage()
    var length = MemoryLayout<sockaddr_in>.size
    withUnsafeMutableBytes(of: &storage) { room in
      if address.contains(":") {
        length = MemoryLayout<sockaddr_in6>.size
        let to = room.baseAddress!.assumingMemoryBound(to: sockaddr_in6.self)
        to.pointee.sin6_family = sa_family_t(AF_INET6)
        to.pointee.sin6_port = port.bigEndian
        inet_pton(AF_INET6, address, &to.pointee.sin6_addr)
      } else {
        let to = room.baseAddress!.assumingMemoryBound(to: sockaddr_in.self)
        to.pointee.sin_family = sa_family_t(AF_INET)
        to.pointee.sin_port = port.bigEndian
        inet_pton(AF_INET, address, &to.pointee.sin_addr)
      }
    }
    let result = withUnsafeBytes(of: &storage) { room in
      call(descriptor, room.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(length))
    }
    guard result == 0 else { throw SettingError("\(address) port \(port): \(errorText())") }
  }
}
