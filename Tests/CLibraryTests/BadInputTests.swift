import Compilers
import Testing

/// What no program should do.
@Suite struct BadInputTests {
  @Test(arguments: ["x2", "8000", "x3", "x4", "x4-express"])
  func everyFunctionRefusesWhatIsNoneOfTheLibrarys(_ nic: String) throws {
    let kind = nic == "x3" || nic == "x4-express" ? ["express"] : []
    let ran = try Program("bad_input").run("emu:cable?nic=\(nic)", kind)
    #expect(ran.status == 0 && ran.output.hasSuffix("\n0 failures\n"), "\(ran.output)")
  }

  @Test(arguments: ["x2", "8000", "x3", "x4-express"])
  func twoThreadsInOneInterfaceAndAThirdThatFreesIt(_ nic: String) throws {
    let ran = try Program("threads").run("emu:cable?nic=\(nic)", ["1500"])
    #expect(ran.status == 0 && ran.output.contains("rounds, freed"), "\(ran.output)")
  }

  @Test(arguments: ["emu:nothing", "emu:cable:5", "nonsense", "emu:cable?nic=x9", ""])
  func devicesThatThereAreNotAreRefused(_ device: String) throws {
    let ran = try Program("pair").run(device)
    #expect(ran.status == 1 && ran.output.contains("ef_pd_alloc_by_name"), "\(ran.output)")
  }
}
