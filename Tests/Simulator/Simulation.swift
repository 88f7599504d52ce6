import Synchronization

/// All that the connections share.
final class Simulation: Sendable {
    let options: Options
    let catalogue: Catalogue
    let faults: FaultBook
    let journal = Journal()
    let constant: ConstantAnswers?
    let gate = Gate()

    init(_ options: Options) {
        self.options = options
        catalogue = Catalogue(options.models, policy: options.policy)
        faults = FaultBook(options.faults.filter { $0.name != "refuse" || $0.after > 0 })
        constant = options.isConstant ? ConstantAnswers(options) : nil
    }
}
