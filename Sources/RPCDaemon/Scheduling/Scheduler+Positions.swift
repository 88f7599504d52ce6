/// Where those that wait stand.
extension Scheduler {
    /// The keys of those that wait for a backend, in the order in which they would start.
    package func order(on backend: String, now: UInt64) -> [UInt64] {
        guard let lane = laneNamed[backend] else { return [] }
        return lanes[lane].order(atMost: .max, now: now).map { lanes[lane].waiting[$0].key }
    }

    /// The place of a request that waits, the first being 1; nil where it does not. Whoever stands
    /// behind the places that are found, or came since, is told how many wait.
    package func position(of key: UInt64, now: UInt64) -> Int? {
        guard let index = entryOf[key], entries[index].isWaiting else { return nil }
        let lane = lanes[entries[index].lane]
        lane.findPlaces(now: now)
        let waiting = lane.waiting[entries[index].waiting]
        return waiting.placeRound == lane.placesRound ? waiting.place : lane.queued
    }

    /// Tells those who asked for it their places, where these changed and it is time to.
    mutating func tellPositions(_ lane: Int, now: UInt64) {
        guard lanes[lane].isOrderNews, lanes[lane].tellable > 0, lanes[lane].tellsAt <= now
        else { return }
        lanes[lane].isOrderNews = false
        lanes[lane].toldAt = now
        let order = lanes[lane].order(atMost: SchedulingLimits.positionsMax, now: now)
        for (place, waiting) in order.enumerated() where lanes[lane].waiting[waiting].wantsProgress
        {
            tell(lanes[lane].waiting[waiting].key, place + 1, now: now)
        }
        guard lanes[lane].queued > order.count else { return }
        tellRest(lane, now: now)
    }

    /// Whoever stands behind the places that are told is told once how many wait.
    private mutating func tellRest(_ lane: Int, now: UInt64) {
        var waiting = lanes[lane].age.last
        while waiting >= 0 {
            let entry = lanes[lane].waiting[waiting]
            if entry.wantsProgress, let index = entryOf[entry.key] {
                // Those before it were told when they came, or stand further in front.
                if entries[index].positionTold != 0 { return }
                tell(entry.key, lanes[lane].queued, now: now)
            }
            waiting = lanes[lane].ageLinks[waiting].before
        }
    }

    private mutating func tell(_ key: UInt64, _ position: Int, now: UInt64) {
        guard let index = entryOf[key], entries[index].positionTold != position else { return }
        entries[index].positionTold = position
        let (lane, model) = (entries[index].lane, entries[index].model)
        let pause = lanes[lane].pauseWait(position: position, now: now)
        let turn = lanes[lane].slotWait(
            model, entries[index].ticket.work, position: position, now: now)
        let isKnown = lanes[lane].anyService(now: now) != nil
        act(
            .tell(
                key,
                Standing(
                    backend: lanes[lane].facts.name, model: lanes[lane].models[model].facts.id,
                    position: position, eta: isKnown ? max(pause, turn) : nil)))
    }
}
