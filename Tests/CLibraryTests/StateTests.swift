import CiulHeaders
import Testing

@testable import EtherFabric

/// The counters of a queue are where inline functions of the C headers read them: `ep_state` points to them.
@Suite struct StateTests {
  private func place<Part, Field>(
    _ part: KeyPath<ef_vi_state, Part>, _ field: KeyPath<Part, Field>
  ) throws -> Int {
    try #require(MemoryLayout<ef_vi_state>.offset(of: part)) + #require(MemoryLayout<Part>.offset(of: field))
  }

  private func place<Field>(_ field: KeyPath<QueueState, Field>) throws -> Int {
    try #require(MemoryLayout<QueueState>.offset(of: field))
  }

  @Test func theEventQueuesAreTheirs() throws {
    #expect(try place(\.eventPointer) == place(\.evq, \.evq_ptr))
    #expect(try place(\.clearStride) == place(\.evq, \.evq_clear_stride))
    #expect(try place(\.syncSeconds) == place(\.evq, \.sync_timestamp_major))
    #expect(try place(\.syncMinor) == place(\.evq, \.sync_timestamp_minor))
    #expect(try place(\.isSynchronised) == place(\.evq, \.sync_timestamp_synchronised))
    #expect(try place(\.syncFlags) == place(\.evq, \.sync_flags))
    #expect(try place(\.freeEventSlots) == place(\.evq, \.min_unused_evq_slots))
  }

  @Test func theRingsAreTheirs() throws {
    #expect(try place(\.transmitPrevious) == place(\.txq, \.previous))
    #expect(try place(\.transmitAdded) == place(\.txq, \.added))
    #expect(try place(\.transmitRemoved) == place(\.txq, \.removed))
    #expect(try place(\.streamAdded) == place(\.txq, \.ct_added))
    #expect(try place(\.streamRemoved) == place(\.txq, \.ct_removed))
    #expect(try place(\.receivePosted) == place(\.rxq, \.posted))
    #expect(try place(\.receiveAdded) == place(\.rxq, \.added))
    #expect(try place(\.receiveRemoved) == place(\.rxq, \.removed))
  }

  /// A poll stores Swift events and turns them into C ones where they lie.
  @Test func eventsOfBothKindsTakeTheSameRoom() {
    #expect(MemoryLayout<Event>.stride == MemoryLayout<ef_event>.stride)
    #expect(MemoryLayout<Event>.alignment <= MemoryLayout<ef_event>.alignment)
  }
}
