import Synchronization

/// Loads and stores of memory that an adapter or a driver writes as well.
@inline(__always)
func loadAcquiring(_ address: UnsafeMutableRawPointer) -> UInt64 {
  address.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .acquiring)
}

@inline(__always)
func loadAcquiring32(_ address: UnsafeMutableRawPointer) -> UInt32 {
  address.assumingMemoryBound(to: Atomic<UInt32>.self).pointee.load(ordering: .acquiring)
}

@inline(__always)
func storeReleasing32(_ value: UInt32, to address: UnsafeMutableRawPointer) {
  address.assumingMemoryBound(to: Atomic<UInt32>.self).pointee.store(value, ordering: .releasing)
}
