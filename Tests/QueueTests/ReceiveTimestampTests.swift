import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Timestamps and lengths out of the receive prefix.
@Suite struct ReceiveTimestampTests {
  private func bench(flags: InterfaceFlags = .receiveTimestamps) throws -> Bench {
    try Bench(options: InterfaceOptions(flags: flags), prefixLength: 14)
  }

  private func stamp(_ bench: inout Bench, _ raw: UInt32) -> Result<Timestamp, TimestampError> {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { room in
      ReceivePrefix.store(to: room.baseAddress!, packetLength: 60, timestamp: raw)
      do throws(TimestampError) {
        return .success(try bench.interface.receiveTimestamp(room.baseAddress!))
      } catch {
        return .failure(error)
      }
    }
  }

  @Test func differentFromTheLibraryNoSyncYetIsAnErrorOfItsOwn() throws {
    var bench = try bench()
    #expect(stamp(&bench, 400) == .failure(.neverSynchronised))
    // Before the test for a missing stamp, as in the library.
    #expect(stamp(&bench, .max) == .failure(.neverSynchronised))
  }

  @Test func aStampHasTheFlagsOfTheSync() throws {
    var bench = try bench()
    _ = bench.after(0xc001_aee0_0000_03e8)
    #expect(
      stamp(&bench, 1_759_422_975)
        == .success(Timestamp(seconds: 1001, nanoseconds: 439_855_743, fraction: 0xc000, sync: .inSync)))
    #expect(stamp(&bench, 40) == .success(Timestamp(seconds: 1001, nanoseconds: 10, sync: .inSync)))
  }

  @Test func aMissingStampLeavesTheSyncAlone() throws {
    var bench = try bench()
    _ = bench.after(0xc001_aee0_0000_03e8)
    #expect(stamp(&bench, .max) == .failure(.noTimestamp))
    #expect(stamp(&bench, 0) == .success(Timestamp(seconds: 1001, nanoseconds: 0, sync: .inSync)))
  }

  @Test func aStampOutsideTheWindowRefusesAllUntilTheNextSync() throws {
    var bench = try bench()
    _ = bench.after(0xc001_a030_0000_03e8)
    #expect(stamp(&bench, 1_800_000_000) == .failure(.notSynchronised))
    #expect(stamp(&bench, 400) == .failure(.notSynchronised))
    _ = bench.after(0xc001_a030_0000_03e9)
    #expect(
      stamp(&bench, 400) == .success(Timestamp(seconds: 1001, nanoseconds: 100, sync: [.clockSet, .inSync])))
  }

  @Test func withoutTheFlagThereIsNoStamp() throws {
    var bench = try bench(flags: [])
    _ = bench.after(0xc001_a030_0000_03e8)
    #expect(stamp(&bench, 400) == .failure(.noTimestamp))
  }

  @Test func theLengthIsInThePrefix() throws {
    let bench = try bench()
    let withoutPrefix = try Bench()
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { room in
      ReceivePrefix.store(to: room.baseAddress!, packetLength: 1514, timestamp: 0)
      #expect(bench.interface.receiveBytes(room.baseAddress!) == 1514)
      #expect(withoutPrefix.interface.receiveBytes(room.baseAddress!) == nil)
    }
  }

  @Test func theLayoutIsTheLibrarys() throws {
    func layout(_ flags: InterfaceFlags, prefix: Int) throws -> [[Int]] {
      let bench = try Bench(options: InterfaceOptions(flags: flags), prefixLength: prefix)
      return try bench.interface.receiveLayout.map { [$0.kind.rawValue, $0.offset] }
    }
    #expect(try layout([], prefix: 0) == [[0, 0]])
    #expect(try layout([], prefix: 14) == [[0, 14], [2, 8]])
    #expect(try layout(.receiveTimestamps, prefix: 14) == [[0, 14], [2, 8], [1, 10]])
    #expect(try layout(.receiveFilterID, prefix: 14) == [[0, 14], [2, 8], [4, 4]])
    #expect(
      try layout([.receiveTimestamps, .receiveFilterID], prefix: 14) == [[0, 14], [2, 8], [1, 10], [4, 4]])
  }
}
