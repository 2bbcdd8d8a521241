import Foundation
import Testing

/// The library is looked for when `sfc:` is asked for, and what is found is checked.
@Suite(.timeLimit(.minutes(1))) struct LoadingTests {
  @Test func withoutTheLibraryTheProgramStartsAndSaysWhatIsMissing() throws {
    let said = try Opener.open("sfc:lo", [:])
    #expect(said.contains("libciul.so.1 cannot be used"))
    #expect(said.contains("(ELIBACC)"))
    #expect(said.contains("EFVI_LIBCIUL="))
    #expect(try Opener.open("emu:cable:0", [:]).hasPrefix("x2 "))
  }

  @Test func aNamedFileThatIsNotThereIsNamed() throws {
    let said = try Opener.open("sfc:lo", ["EFVI_LIBCIUL": "/no/such/libciul.so.1"])
    #expect(said.contains("/no/such/libciul.so.1"))
  }

  @Test func aLibraryThatLacksAFunctionIsRefusedByTheName() throws {
    let library = try FakeLibrary(version: "9.2.0", without: "ef_vi_prime")
    let said = try Opener.open("sfc:lo", ["EFVI_LIBCIUL": library.path])
    #expect(said.contains("it has no function ef_vi_prime"))
    #expect(said.contains("(ELIBACC)"))
  }

  @Test func aLibraryOfAnotherVersionIsRefusedUnlessItIsWanted() throws {
    let library = try FakeLibrary(version: "8.1.3.40")
    let said = try Opener.open("sfc:lo", ["EFVI_LIBCIUL": library.path])
    #expect(said.contains("is libciul 8.1.3.40, and this program knows 9.x"))
    let anyway = try Opener.open("sfc:lo", ["EFVI_LIBCIUL": library.path, "EFVI_LIBCIUL_VERSION": "any"])
    #expect(anyway.contains("there is no /dev/sfc_char (ENOENT)"))
  }

  @Test func aHostWithTheLibraryAndNoDriverSaysSo() throws {
    let library = try FakeLibrary(version: "9.2.0")
    let said = try Opener.open("sfc:lo", ["EFVI_LIBCIUL": library.path])
    #expect(said.contains("ef_driver_open on lo: there is no /dev/sfc_char (ENOENT)"))
    #expect(said.contains("onload_tool reload"))
    #expect(try Opener.open("sfc:no-such-if", ["EFVI_LIBCIUL": library.path]).contains("(ENODEV)"))
  }

  @Test func versionsAreToldWithTheDevice() throws {
    let path = try #require(ProcessInfo.processInfo.environment["EFVI_LIBCIUL"])
    let said = try Opener.open("sfc:lo", ["EFVI_LIBCIUL": path, "EFVI_DEVICE": "emu:cable:0?nic=x3"])
    #expect(said.hasPrefix("x3 "))
    #expect(said.contains(path))
    #expect(said.contains("swift-etherfabric"))
    #expect(said.contains("etherfabric-backend"))
  }
}
