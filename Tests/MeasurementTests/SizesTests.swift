import Measurement
import Testing

@Suite struct SizesTests {
  @Test(arguments: [
    ("64", [64]), ("1,2,2,0", [1, 2, 2, 0]), ("3-6", [3, 4, 5, 6]), ("0-10+5", [0, 5, 10]), ("0-9+5", [0, 5]),
    ("1-1024x2", [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]), ("5-5", [5]), ("0,1-8x3,7", [0, 1, 3, 7]),
  ])
  func parses(text: String, values: [Int]) throws {
    #expect(try MessageSizes(parsing: text).values == values)
  }

  @Test(arguments: [
    "", ",", "1,", "a", "-5", "5-", "9-3", "1-8x1", "1-8x", "0-8x2", "1-8+0", "1-8+", "1-8+x", "70000", "+5", "1-2-3",
    "99999999999999999999",
  ])
  func refuses(text: String) {
    #expect(throws: MeasurementError.self) { try MessageSizes(parsing: text) }
  }

  @Test func stopsAtTheEndOfIntegers() throws {
    let text = "1-\(Int.max)x2"
    #expect(try MessageSizes(parsing: text, maximum: .max).values.count == 63)
  }

  @Test func defaultsToTheDatagramSizes() {
    #expect(MessageSizes.datagramDefault.values == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1472])
  }
}
