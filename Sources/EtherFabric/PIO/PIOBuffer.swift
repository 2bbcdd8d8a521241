import EtherFabricFormats
import Glibc

/// `ef_pio`. A buffer on the adapter that frames are written to by the CPU and sent from: no fetch by DMA before the
/// frame goes out.
///
/// It sends once it is linked to a virtual interface (`VirtualInterface.linkPIO`). `ef_pio_free` is its last reference:
/// a linked interface holds one.
public final class PIOBuffer: @unchecked Sendable {
  /// Bytes that can be used.
  public let count: Int
  let domain: ProtectionDomain
  let handle: UInt32
  /// The copy in host memory that `VirtualInterface.copyToPIO` keeps, `count` bytes rounded up to whole words.
  let shadow: UnsafeMutableRawPointer
  /// `pio_buffer`. The same for the library with the C interface, whose programs may read it.
  package var copy: UnsafeMutableRawPointer { shadow }

  /// Bytes that are written at a time, from a multiple of them on.
  static let wordSize = 8

  init(domain: ProtectionDomain, handle: UInt32, count: Int) {
    self.domain = domain
    self.handle = handle
    self.count = count
    let bytes = (count + Self.wordSize - 1) & ~(Self.wordSize - 1)
    shadow = .allocate(byteCount: bytes, alignment: DoorbellPage.size)
    memset(shadow, 0, bytes)
  }

  deinit {
    domain.driver.backend.freePIO(handle)
    shadow.deallocate()
  }
}

extension ProtectionDomain {
  /// `ef_pio_alloc`. Takes one of the adapter's PIO buffers.
  /// - Parameter count: bytes wanted; a larger number than the adapter has (`Capability.pioBufferSize`) and nil get all.
  /// - Throws: `EOPNOTSUPP` where the adapter has none, `ENOSPC` where all are taken, `EINVAL` for less than a byte.
  public func allocatePIO(_ count: Int? = nil) throws(EtherFabricError) -> PIOBuffer {
    let call = "ProtectionDomain.allocatePIO"
    try driver.checkOpen(call)
    guard count ?? 1 > 0 else {
      throw EtherFabricError(
        call, errno: EINVAL, reason: "\(count ?? 0) bytes", remedy: "Ask for 1 or more, or leave it out for all.")
    }
    guard let size = driver.backend.capability(.pioBufferSize) else { throw .unsupported(call, "PIO") }
    return PIOBuffer(
      domain: self, handle: try driver.backend.allocatePIO(domain: handle), count: min(count ?? Int(size), Int(size)))
  }
}
