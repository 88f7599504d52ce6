import CrowdModelsProtocol
import HTTP

/// What is read of the entries of one server's list.
protocol ListEntries {
    /// The member that holds the list.
    var member: StaticString { get }
    /// What the text is read into that has no such member, but the list under another name; empty.
    var other: (any ListEntries)? { get }
    /// Members of the text that may hold, as an object, the list with all that belongs to it.
    var envelopes: [StaticString] { get }

    /// Takes the next entry, which may speak of one of the models that another list has told.
    mutating func read(_ entry: ListEntry, _ text: Span<UInt8>, among models: ModelTable)

    /// Whether the text is such a list, by what stands around its entries; asked when all are read.
    mutating func isList(_ envelope: ListSurvey, _ text: Span<UInt8>) -> Bool

    /// About how many bytes are held for what was read.
    var byteCount: Int { get }
}

extension ListEntries {
    var other: (any ListEntries)? { nil }
    var envelopes: [StaticString] { [] }
}

/// One entry of a list: where its members stand; a string is one member without a name.
struct ListEntry {
    let members: ArraySlice<JSONMember>

    /// Bytes of a detail of one model, a string excepted: templates and vocabularies are left out
    /// of lists, and whoever sends more says nothing that is looked for.
    static let detailBytesMax = 16 * 1024

    /// Hands out the members, names without escapes.
    func forEachMember(
        _ text: Span<UInt8>, _ take: (_ name: Span<UInt8>, _ value: JSONPlace) -> Void
    ) {
        for member in members {
            let isLong = member.value.count > Self.detailBytesMax
            if isLong, text[Int(member.value.start)] != UInt8(ascii: "\"") { continue }
            take(text.extracting(member.name.bounds), JSONPlace(range: member.value))
        }
    }
}

/// An answer that is read as a list, in as many steps as its owner likes.
///
/// JSON that breaks the rules where nobody needs to lose a list for it is mended, and read again.
final class ListReading {
    /// Bytes that are read in one step: a tenth of a millisecond.
    private static let stepBytes = 4096
    /// Letters that are none which are borne in one list: as many as models.
    private static let flawsMax = HTTPLimits.listModelsMax

    private enum Stage {
        /// Reading it as it came.
        case strict
        /// Making it strict.
        case mending
        /// Reading it so.
        case mended
        /// Left by nothing; whether it is a list.
        case over(Bool)
    }

    /// The answer as it came.
    let body: [UInt8]
    private let textStart: Int
    /// What was read of it so far.
    private(set) var entries: any ListEntries
    /// What is read into where the text has to be read anew.
    private var nothing: any ListEntries
    private var survey: ListSurvey
    private var hasEntries = false
    /// What makes it strict, and what came of that.
    private var mending: JSONMending?
    private var mended: [UInt8] = []
    private var stage = Stage.strict
    /// The object that is read in place of the text around it.
    private var envelope: JSONRange?

    /// A reading of an answer into `entries`, which are empty.
    init(_ body: Span<UInt8>, into entries: any ListEntries) {
        self.body = unsafe body.withUnsafeBufferPointer { unsafe Array($0) }
        textStart = body.startsWithMark ? 3 : 0
        self.entries = entries
        nothing = entries
        survey = ListSurvey(of: entries.member)
    }

    /// Whether it is a list; nil while it is being read.
    var isList: Bool? {
        if case .over(let isList) = stage { return isList }
        return nil
    }

    /// Bytes that are held for it, what was read included.
    var byteCount: Int {
        body.capacity + (mending?.text.allocated ?? 0) + mended.capacity + entries.byteCount
    }

    /// Goes on until `hasTime`, which is told of work in bytes, says that it is enough; whether
    /// that was the end.
    func resume(among models: ModelTable, _ hasTime: (Int) -> Bool) -> Bool {
        while isList == nil {
            step(models)
            if isList == nil, !hasTime(Self.stepBytes) { return false }
        }
        return true
    }

    private func step(_ models: ModelTable) {
        switch stage {
        case .strict:
            do throws(JSONError) {
                let body = body
                try read(body.span.extracting(textStart...), models)
            } catch {
                beginAnew(with: nothing)
                mending = JSONMending(room: body.count)
                stage = .mending
            }
        case .mending: mend()
        case .mended:
            do throws(JSONError) {
                let mended = mended
                try read(mended.span, models)
            } catch {
                stage = .over(false)
            }
        case .over: return
        }
    }

    private func mend() {
        let body = body
        let text = body.span.extracting(textStart...)
        let isWhole = mending?.resume(text, bytes: Self.stepBytes) ?? true
        if (mending?.flawCount ?? 0) > Self.flawsMax { return stage = .over(false) }
        guard isWhole else { return }
        mended = mending?.text.bytes ?? []
        mending = nil
        stage = .mended
    }

    private func read(_ whole: Span<UInt8>, _ models: ModelTable) throws(JSONError) {
        let text = whole.extracting(envelope?.bounds ?? 0..<whole.count)
        let isRead = try survey.resume(text, bytes: Self.stepBytes)
        survey.takeEntries {
            hasEntries = true
            entries.read(ListEntry(members: $0), text, among: models)
        }
        guard isRead else { return }
        let isList = entries.isList(survey, text)
        if let other = entries.other, let place = survey.member(other.member, text),
            !isList || !hasEntries && place.isArray(text)
        {
            return beginAnew(with: other)
        }
        if !isList, envelope == nil, !survey.saysError(text) {
            let places = entries.envelopes.compactMap { survey.member($0, text) }
            if let place = places.first(where: { $0.isObject(text) }) {
                envelope = place.range
                return beginAnew(with: nothing)
            }
        }
        stage = .over(isList)
    }

    private func beginAnew(with entries: any ListEntries) {
        nothing = entries
        hasEntries = false
        self.entries = entries
        survey = ListSurvey(of: entries.member)
    }
}

extension ListSurvey {
    /// The member of that name around the list.
    func member(_ name: StaticString, _ text: Span<UInt8>) -> JSONPlace? {
        members.last { text.extracting($0.name.bounds).reads(name) }.map {
            JSONPlace(range: $0.value)
        }
    }

    /// Whether the answer is an error, for all that it may hold beside.
    func saysError(_ text: Span<UInt8>) -> Bool {
        member("error", text)?.isTrouble(text) ?? false
    }
}
