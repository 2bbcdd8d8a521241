import EtherFabricFormats

/// The host's side of an interface on EFCT or EF10CT, beside its `QueueState`, whose rings are empty there: a full
/// ring is where the calls of the datapath leave the EF10 path.
@usableFromInline
struct ExpressState {
  let parameters: DesignParameters
  let isEFCT: Bool
  let memory: HostMemory
  let aperture: UnsafeMutableRawPointer

  init(grant: ExpressGrant, datapath: Datapath) {
    parameters = grant.parameters
    isEFCT = datapath == .efct
    memory = grant.memory
    aperture = grant.aperture
  }
}
