import Synchronization

/// A total that one thread moves and any thread reads: plain loads and stores on the datapath, no locked instruction.
struct SharedCount: ~Copyable {
  private let storage = Atomic<UInt64>(0)

  /// The total now.
  var value: UInt64 { storage.load(ordering: .relaxed) }

  /// Adds to the total. Only one thread at a time may do so.
  borrowing func add(_ amount: UInt64 = 1) {
    storage.store(storage.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }
}
