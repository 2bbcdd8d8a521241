import CLinuxShims
import EtherFabric
import Glibc

/// TCP from the kernel's stack.
public enum KernelTCP {
  /// What came of an attempt to connect.
  public enum Outcome: Sendable, Equatable {
    /// The handshake was completed; the connection was closed again.
    case connected
    /// Answered by a reset.
    case refused
    /// No answer within the time given.
    case timedOut
    /// Another errno, for example `EHOSTUNREACH` where ARP was not answered.
    case failed(errno: Int32)
  }

  /// Tries to connect from the calling thread's namespace, and closes the connection again.
  ///
  /// - Throws: `EMFILE` and others where no socket could be made.
  public static func connect(to peer: HostEndpoint, timeout: Duration) throws(EtherFabricError) -> Outcome {
    let socket = try SocketDescriptor("KernelTCP.connect", type: SOCK_STREAM, flags: SOCK_NONBLOCK.rawValue)
    if peer.withSocketAddress({ Glibc.connect(socket.value, $0, $1) }) == 0 { return .connected }
    guard errno == EINPROGRESS else { return outcome(errno) }
    guard wait(socket.value, for: POLLOUT, until: Deadline(after: timeout)) else { return .timedOut }
    return outcome(Int32(socket.option(SOL_SOCKET, SO_ERROR)))
  }

  private static func outcome(_ errno: Int32) -> Outcome {
    switch errno {
    case 0: .connected
    case ECONNREFUSED: .refused
    case ETIMEDOUT: .timedOut
    default: .failed(errno: errno)
    }
  }
}

/// A listening TCP socket of the kernel's stack.
public final class KernelTCPListener: Sendable {
  private let socket: SocketDescriptor

  /// Listens in the calling thread's namespace. Port 0 lets the kernel choose.
  ///
  /// - Throws: `EADDRINUSE` or `EADDRNOTAVAIL`.
  public init(bind endpoint: HostEndpoint) throws(EtherFabricError) {
    socket = try SocketDescriptor("KernelTCPListener.init", type: SOCK_STREAM)
    try socket.bind("KernelTCPListener.init", endpoint)
    guard listen(socket.value, 16) == 0 else {
      throw .system("KernelTCPListener.init", "\(endpoint) does not listen", remedy: "Take another port.")
    }
  }

  /// The address and port that it listens on.
  public var localEndpoint: HostEndpoint { socket.localEndpoint }

  /// Waits for a connection, closes it and returns its far end; nil at the timeout.
  public func accept(timeout: Duration) -> HostEndpoint? {
    guard wait(socket.value, for: POLLIN, until: Deadline(after: timeout)) else { return nil }
    let (connection, peer) = HostEndpoint.receiving { Glibc.accept(socket.value, $0, $1) }
    guard connection >= 0 else { return nil }
    close(connection)
    return peer
  }
}
