import EtherFabric
import Glibc
import Testing

/// The library in a process that has the same Swift modules: this one.
@Suite struct LoadingTests {
  @Test func aSwiftProcessLoadsItBesideItsOwnModules() throws {
    setenv("EFVI_DEVICE", "emu:cable:loaded/0", 1)
    defer { unsetenv("EFVI_DEVICE") }
    let library = try #require(dlopen(Library.file, RTLD_NOW | RTLD_LOCAL), "\(String(cString: dlerror()))")
    defer { dlclose(library) }
    func function<Type>(_ name: String, _ type: Type.Type) throws -> Type {
      unsafeBitCast(try #require(dlsym(library, name)), to: type)
    }
    typealias Open = @convention(c) (UnsafeMutablePointer<CInt>) -> CInt
    typealias Allocate = @convention(c) (UnsafeMutableRawPointer, CInt, UnsafePointer<CChar>, CInt) -> CInt
    typealias Free = @convention(c) (UnsafeMutableRawPointer, CInt) -> CInt
    typealias Close = @convention(c) (CInt) -> CInt
    // Its adapters are not those of this process: the same port can be opened here.
    let own = try Driver.open("emu:cable:loaded/0")
    var handle: CInt = -1
    #expect(try function("ef_driver_open", Open.self)(&handle) == 0)
    let domain = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16)
    defer { domain.deallocate() }
    #expect(try function("ef_pd_alloc_by_name", Allocate.self)(domain, handle, "any", 0) == 0)
    #expect(try function("ef_pd_free", Free.self)(domain, handle) == 0)
    #expect(try function("ef_driver_close", Close.self)(handle) == 0)
    #expect(own.identity.interface == "cable:loaded/0")
  }
}
