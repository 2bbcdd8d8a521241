import EmulatedAdapter
import EmulatedWires
import Glibc
import Testing

@Suite("Frames between two threads", .serialized, .timeLimit(.minutes(1))) struct OrderTests {
  /// The reader keeps up, falls behind and catches up again, so that the ring begins again, and does not, at any place.
  @Test(arguments: [1 as UInt64, 2, 3]) func allComeInTheirOrder(_ seed: UInt64) throws {
    let pair = try Pair(freshName())
    let total = 60_000
    let wire = pair.right
    nonisolated(unsafe) var wrong: String?
    let receive = {
      var random = Xorshift(state: seed &* 31 &+ 7)
      var number = 0
      while number < total, wrong == nil {
        guard let bytes = wire.take() else { continue }
        if bytes != frame(number, length: length(number)) { wrong = "frame \(number) is not what was sent" }
        number += 1
        if random.next() % 2000 == 0 { usleep(UInt32(random.next() % 3000)) }
      }
    }
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<MeetingTests.Box>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(MeetingTests.Box(receive)).toOpaque())
    var random = Xorshift(state: seed)
    var number = 0
    let end = ContinuousClock.now + .seconds(30)
    while number < total, wrong == nil, ContinuousClock.now < end {
      if pair.left.send(frame(number, length: length(number))) == .sent { number += 1 }
      if random.next() % 300 == 0 { usleep(UInt32(random.next() % 200)) }
    }
    if number < total { wrong = wrong ?? "only \(number) frames were taken in time" }
    pthread_join(thread, nil)
    #expect(wrong == nil)
  }
}

/// Mostly small, of one line or two, and now and then large.
private func length(_ number: Int) -> Int { number % 97 == 0 ? 1514 : number % 5 == 0 ? 61 : 60 }
