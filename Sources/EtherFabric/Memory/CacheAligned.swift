extension UnsafeMutablePointer where Pointee: ~Copyable {
  /// Memory on cache lines that nothing else is on: what another thread writes beside it would take them away.
  package static func allocate(cacheAligned count: Int) -> UnsafeMutablePointer {
    let line = 64
    let bytes = (count * MemoryLayout<Pointee>.stride + line - 1) / line * line
    return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: line)
      .bindMemory(to: Pointee.self, capacity: count)
  }
}
