import Measurement
import Testing

@Suite struct SummaryTests {
  @Test func followsTheColumnsExactly() throws {
    let summary = try #require(LatencySummary([5, 1, 4, 2]))
    #expect(summary.mean == 3)
    #expect(summary.minimum == 1 && summary.maximum == 5)
    #expect(summary.median == 4, "the upper of the two middle ones")
    #expect(summary.percentile == 5)
    // (4 + 4 + 1 + 1) / 3 around the truncated mean, root 1.8.
    #expect(summary.standardDeviation == 1)
    #expect(summary.iterations == 4)
  }

  @Test func halvesEachSampleByIntegerDivision() throws {
    let half = try #require(LatencySummary(roundTrips: [3, 3, 5], reporting: .halfRoundTrip))
    #expect(half.minimum == 1 && half.maximum == 2 && half.mean == 1 && half.median == 1)
    let whole = try #require(LatencySummary(roundTrips: [3, 3, 5], reporting: .roundTrip))
    #expect(whole.minimum == 3 && whole.mean == 3)
  }

  @Test func oneFigureHasNoDeviation() throws {
    let summary = try #require(LatencySummary([7]))
    #expect(summary.standardDeviation == 0 && summary.median == 7 && summary.percentile == 7)
    #expect(LatencySummary([]) == nil)
  }

  @Test(arguments: [(0.0, Int64(0)), (50, 50), (99, 99), (99.5, 99), (100, 99), (200, 99), (-1, 0), (.nan, 0)])
  func clampsThePercentile(percentile: Double, expected: Int64) throws {
    let figures = (0..<100).map(Int64.init).reversed()
    #expect(try #require(LatencySummary(Array(figures), percentile: percentile)).percentile == expected)
  }
}
