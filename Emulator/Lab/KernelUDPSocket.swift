import CLinuxShims
import EtherFabric
import Glibc

/// A UDP socket of the kernel's stack: what an emulated adapter talks to. It may be used from any thread.
public final class KernelUDPSocket: Sendable {
  private let socket: SocketDescriptor

  /// A datagram and where it came from.
  public struct Datagram: Sendable, Equatable {
    public let bytes: [UInt8]
    public let source: HostEndpoint

    public init(bytes: [UInt8], source: HostEndpoint) {
      self.bytes = bytes
      self.source = source
    }
  }

  /// Binds in the calling thread's namespace.
  ///
  /// - Parameters:
  ///   - endpoint: Port 0 lets the kernel choose.
  ///   - receiveBuffer: Room for datagrams not yet received, in bytes of kernel memory (about 768 for a small one);
  ///     nil keeps the system's default. As root outside a user namespace it may exceed the system's limit.
  /// - Throws: `EADDRINUSE` or `EADDRNOTAVAIL` from bind; `EMFILE`.
  public init(
    bind endpoint: HostEndpoint = HostEndpoint(.any, 0), receiveBuffer: Int? = nil
  ) throws(EtherFabricError) {
    socket = try SocketDescriptor("KernelUDPSocket.init", type: SOCK_DGRAM)
    if let receiveBuffer, !socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, receiveBuffer / 2) {
      _ = socket.setOption(SOL_SOCKET, SO_RCVBUF, receiveBuffer / 2)
    }
    try socket.bind("KernelUDPSocket.init", endpoint)
  }

  /// The descriptor, for poll and for options that are not here. The socket keeps owning it.
  public var descriptor: Int32 { socket.value }

  /// The address and port that it is bound to.
  public var localEndpoint: HostEndpoint { socket.localEndpoint }

  /// Kernel memory for datagrams not yet received, in bytes, as it was really given.
  public var receiveBuffer: Int { socket.option(SOL_SOCKET, SO_RCVBUF) }

  /// Datagrams that the kernel dropped because the receive buffer was full.
  public var drops: Int { Int(max(0, lab_socket_drops(descriptor))) }

  /// Makes `peer` the only one it sends to and receives from.
  public func connect(to peer: HostEndpoint) throws(EtherFabricError) {
    guard peer.withSocketAddress({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
      throw .system("KernelUDPSocket.connect", "there is no way to \(peer)", remedy: "Give an interface its network.")
    }
  }

  /// Sends one datagram, to `peer` or else to the connected one.
  ///
  /// - Throws: `ECONNREFUSED` where an earlier datagram was answered by ICMP; `EDESTADDRREQ` without a peer; `EMSGSIZE`
  ///   above 65507 bytes; `ENETUNREACH`, `ENOBUFS`.
  public func send(_ bytes: [UInt8], to peer: HostEndpoint? = nil) throws(EtherFabricError) {
    let count =
      if let peer {
        peer.withSocketAddress { sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, $1) }
      } else {
        Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      }
    guard count == bytes.count else {
      throw .system("KernelUDPSocket.send", "\(bytes.count) bytes were not sent", remedy: "See the errno.")
    }
  }

  /// Sends many datagrams to the connected peer in few system calls, without allocating.
  ///
  /// - Parameters:
  ///   - bytes: The datagrams, one after the other; a rest shorter than `size` is not sent.
  ///   - size: Bytes of each datagram.
  /// - Returns: How many the kernel took.
  /// - Throws: What the first was refused with; `EINVAL` where `size` is not positive.
  @discardableResult
  public func sendBurst(_ bytes: UnsafeRawBufferPointer, size: Int) throws(EtherFabricError) -> Int {
    guard size > 0, let base = bytes.baseAddress else {
      throw EtherFabricError(
        "KernelUDPSocket.sendBurst", errno: EINVAL, reason: "\(bytes.count) bytes cannot be cut into \(size)",
        remedy: "Give a size above 0 and at least one datagram.")
    }
    let taken = lab_send_burst(descriptor, base, size, Int32(clamping: bytes.count / size))
    guard taken >= 0 else {
      throw .call("KernelUDPSocket.sendBurst", taken, "nothing was sent", remedy: "Connect it to a peer first.")
    }
    return Int(taken)
  }

  /// Waits for a datagram; nil at the timeout. One longer than `maximum` bytes is cut.
  ///
  /// - Throws: `ECONNREFUSED` where a datagram that it sent was answered by ICMP.
  public func receive(timeout: Duration, maximum: Int = 65535) throws(EtherFabricError) -> Datagram? {
    guard wait(descriptor, for: POLLIN, until: Deadline(after: timeout)) else { return nil }
    var bytes = [UInt8](repeating: 0, count: maximum)
    let (count, source) = HostEndpoint.receiving {
      recvfrom(descriptor, &bytes, maximum, Int32(MSG_DONTWAIT), $0, $1)
    }
    guard count >= 0 else {
      if errno == EAGAIN || errno == EINTR { return nil }
      throw .system("KernelUDPSocket.receive", "nothing was received", remedy: "Check that the peer has a socket.")
    }
    bytes.removeLast(maximum - count)
    return Datagram(bytes: bytes, source: source)
  }

  /// Takes a datagram without waiting and without allocating. For spinning.
  ///
  /// - Returns: Its length in bytes, at most `buffer.count`; -1 where there is none.
  @inline(__always)
  public func poll(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
  }

  /// Sends to the connected peer without allocating. Returns false where the kernel did not take it.
  @inline(__always)
  public func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
    Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }
}
