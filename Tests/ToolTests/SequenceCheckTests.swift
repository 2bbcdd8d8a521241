import Testing

@testable import efvi

@Suite struct SequenceCheckTests {
  private func check(_ numbers: [UInt64], first: UInt64? = nil) -> SequenceCheck {
    var check = SequenceCheck(first: first)
    for number in numbers { take(number, fill: [0, 0], &check) }
    return check
  }

  private func take(_ number: UInt64, fill: [UInt8], _ check: inout SequenceCheck) {
    let payload = withUnsafeBytes(of: number.bigEndian) { Array($0) } + fill
    payload.withUnsafeBytes { check.take($0) }
  }

  @Test func allInOrderIsPerfect() {
    #expect(check([5, 6, 7]).isPerfect(count: 3))
    #expect(check([], first: 0).isPerfect(count: 0))
    #expect(!check([0, 1], first: 0).isPerfect(count: 3))
  }

  @Test func holesAreMissing() {
    #expect(check([0, 3, 4], first: 0).missing == 2)
    #expect(check([2, 3], first: 0).missing == 2)
    #expect(check([2, 3]).missing == 0)
  }

  @Test func lateIsNotMissing() {
    let late = check([0, 2, 1, 3])
    #expect((late.missing, late.late, late.duplicates) == (0, 1, 0))
    #expect(!late.isClean)
  }

  @Test func againIsADuplicate() {
    let again = check([0, 1, 1, 0, 2])
    #expect((again.missing, again.late, again.duplicates, again.distinct) == (0, 0, 2, 3))
    // A late one that comes twice.
    let both = check([0, 2, 1, 1])
    #expect((both.late, both.duplicates) == (1, 1))
  }

  @Test func mixedFillingIsDamage() {
    var check = SequenceCheck(first: 0)
    take(0, fill: [7, 7, 7], &check)
    #expect(check.isClean)
    take(1, fill: [7, 7, 6], &check)
    #expect(check.damaged == 1)
  }

  @Test func shortPayloadsHaveNoNumber() {
    var check = SequenceCheck(first: nil)
    [UInt8](repeating: 0, count: 7).withUnsafeBytes { check.take($0) }
    #expect(check.unnumbered == 1)
    #expect(!check.isClean)
  }

  @Test func numbersOfAnySizeAreTaken() {
    let wild = check([.max, 0, .max - 1, .max])
    #expect(wild.damaged == 2)
    #expect(!wild.isClean)
  }

  @Test(arguments: [("10", 10.0), ("2.5k", 2500), ("1M", 1e6), ("3G", 3e9)])
  func quantitiesAreRead(_ text: String, _ value: Double) {
    #expect(Quantity(argument: text)?.value == value)
  }

  @Test(arguments: ["", "k", "0", "-1", "1T", "inf", "nan", "1e30", "1kk"]) func wrongQuantitiesAreNot(_ text: String) {
    #expect(Quantity(argument: text) == nil)
  }
}
