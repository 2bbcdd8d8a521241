import Foundation
import Testing

/// A call through a shim is what the C macro is, to the instruction.
@Suite(.timeLimit(.minutes(2))) struct MachineCodeTests {
  @Test func macrosAndInlineFunctionsCostWhatTheyCostInC() throws {
    let module = try ShimModule()
    let swift = try ShimModule.instructions(module.swiftObject())
    let c = try ShimModule.instructions(module.cObject())
    let names = c.keys.filter { $0.hasPrefix("c_") }.map { String($0.dropFirst(2)) }
    #expect(names.count == 12)
    for name in names where name != "loop" {
      let own = try #require(swift["swift_\(name)"])
      #expect(own == c["c_\(name)"], "\(name)")
      #expect(own.count <= 6, "\(name)")
    }
  }

  @Test func aLoopHasTheSameInstructions() throws {
    let module = try ShimModule()
    let swift = try #require(try ShimModule.instructions(module.swiftObject())["swift_loop"])
    let c = try #require(try ShimModule.instructions(module.cObject())["c_loop"])
    // Registers are the compiler's choice.
    func operations(_ lines: [String]) -> [String] { lines.map { String($0.split(separator: " ")[0]) } }
    #expect(operations(swift).count == operations(c).count)
    #expect(swift.filter { $0.hasPrefix("call") }.count == 1)
  }

  @Test func functionsOfTheLibraryAreOneJumpThroughTheTable() throws {
    let module = try ShimModule()
    let object = try module.swiftObject()
    let code = try #require(try ShimModule.instructions(object)["swift_transmit_init"])
    #expect(code.count <= 3 && code.last?.hasPrefix("jmp") == true, "\(code)")
    #expect(try ShimModule.undefined(object) == ["ciul"])
  }
}
