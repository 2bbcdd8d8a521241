import Compilers
import Foundation
import Testing

/// The programs that `make fuzz` has found to reach new code: none of them brings the library down.
@Suite struct FuzzCorpusTests {
  @Test(.timeLimit(.minutes(5))) func whatTheFuzzerFoundIsAnswered() throws {
    let folder = Command.root.appending(path: "Tests/CLibraryFuzz/Corpus")
    let inputs = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    try #require(inputs.count > 100)
    let program = try Program(
      "fuzz-replay", sources: ["objects", "control", "data", "program"].map { "CLibraryFuzz/\($0).c" },
      flags: ["-DREPLAY"])
    let ended = try program.run("emu:cable", inputs.map { folder.appending(path: $0).path })
    #expect(ended.status == 0 && ended.output.contains("\(inputs.count) programs"), "\(ended.output.suffix(2000))")
  }
}
