import EtherFabricFormats
import Glibc

/// One PIO buffer of the adapter.
final class PIOMemory {
  let base: UnsafeMutableRawPointer

  /// PIO buffers of an adapter.
  static let limit = 16

  init() {
    base = .allocate(byteCount: DoorbellPage.pioBufferSize, alignment: DoorbellPage.size)
    memset(base, 0, DoorbellPage.pioBufferSize)
  }

  deinit { base.deallocate() }
}
