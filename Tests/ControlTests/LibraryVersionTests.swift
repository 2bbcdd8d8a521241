import EtherFabric
import Foundation
import Testing

@Suite struct LibraryVersionTests {
  @Test func theVersionIsANameAndThreeNumbers() throws {
    let words = LibraryVersion.string.split(separator: " ")
    try #require(words.count == 2)
    #expect(words[0] == "swift-etherfabric")
    #expect(words[1].split(separator: ".").compactMap { Int($0) }.count == 3)
  }

  @Test func theDriverInterfaceIsOneWord() {
    #expect(!LibraryVersion.driverInterface.isEmpty)
    #expect(!LibraryVersion.driverInterface.contains(" "))
  }
}
