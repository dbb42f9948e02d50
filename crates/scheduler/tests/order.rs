//! The order contract: whatever the groups, the windows and the pauses, what is told is what one loop over a sorted
//! map of all events tells.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use memspike_scheduler::{
    Agenda, Edge, Ended, Epoch, Group, Half, Moment, Outbox, Pace, Part, Place, Scheduler, groups,
};
use memspike_time::Time;
use proptest::prelude::*;

/// A toy origin: a clock of its own, and a counter that whoever it hears moves on. At every `every`-th tick of its
/// clock, and when its counter is a multiple of three, it speaks to all that listen.
#[derive(Debug, Clone)]
struct Toy {
    period_fs: u64,
    phase_fs: u64,
    every: u64,
}

#[derive(Debug, Clone)]
struct World {
    toys: Vec<Toy>,
    /// From, to, delay (fs).
    wires: Vec<(usize, usize, u64)>,
    until_fs: u64,
}

/// The state of a toy.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    ticks: u64,
    heard: u64,
}

/// What is told: who, whether it ticked or heard, and its counters then.
type Told = (Time, usize, bool, u64, u64);

/// A message that acts in the second half of a round.
type Due = (Time, u32);

impl World {
    fn clock(&self, toy: usize, ticks: u64) -> Time {
        Time::from_tick(self.toys[toy].phase_fs + ticks * self.toys[toy].period_fs)
    }

    /// The clock's tick. Gives whether the toy speaks.
    fn tick(&self, toy: usize, state: &mut State) -> bool {
        state.ticks += 1;
        state.ticks.is_multiple_of(self.toys[toy].every)
    }

    /// All that is heard at one moment is heard at once; it speaks at every third time, but no more than
    /// twice at one instant of a loop without delay, since its counter stops at nine.
    fn hear(state: &mut State) -> bool {
        let speaks = state.heard < 9;
        state.heard += 1;
        speaks && state.heard.is_multiple_of(3)
    }

    fn hearers(&self, toy: usize) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.wires.iter().filter(move |(from, ..)| *from == toy).map(|(_, to, delay)| (*to, *delay))
    }

    /// When a listener acts on what is said at a moment.
    fn heard_at(moment: Moment, delay_fs: u64) -> Due {
        if delay_fs > 0 {
            (Time::from_tick(moment.at.tick + delay_fs), 0)
        } else {
            (moment.at, moment.heard_in())
        }
    }

    /// The slow and obvious way: one sorted map of everything that is to happen.
    fn one_by_one(&self) -> Vec<Told> {
        let mut told = Vec::new();
        let mut states = vec![State::default(); self.toys.len()];
        let mut map: BTreeSet<(Moment, usize)> = BTreeSet::new();
        for toy in 0..self.toys.len() {
            map.insert((Moment::first(self.clock(toy, 0)), toy));
        }
        while let Some((moment, toy)) = map.pop_first() {
            if moment.at.tick > self.until_fs {
                break;
            }
            let state = &mut states[toy];
            let ticks = moment.half == Half::Finish;
            let speaks = if ticks { self.tick(toy, state) } else { Self::hear(state) };
            told.push((moment.at, toy, ticks, state.ticks, state.heard));
            if ticks {
                map.insert((Moment::first(self.clock(toy, state.ticks)), toy));
            }
            if speaks {
                for (to, delay_fs) in self.hearers(toy) {
                    let (at, round) = Self::heard_at(moment, delay_fs);
                    map.insert((Moment { at, round, half: Half::Change }, to));
                }
            }
        }
        told
    }
}

/// Toys that advance together.
struct Toys<'w> {
    world: &'w World,
    number: usize,
    members: Vec<usize>,
    group_of: &'w [usize],
    states: BTreeMap<usize, State>,
    clocks: Agenda,
    messages: BTreeSet<(Due, usize)>,
    loop_delay_fs: Option<u64>,
    stage: usize,
}

impl Toys<'_> {
    fn say(&mut self, moment: Moment, toy: usize, out: &mut Outbox<Told, (Due, usize)>) {
        for (to, delay_fs) in self.world.hearers(toy) {
            let message = (World::heard_at(moment, delay_fs), to);
            if self.group_of[to] == self.number {
                self.messages.insert(message);
            } else {
                out.send(self.group_of[to], message);
            }
        }
    }

    fn told(&self, at: Time, toy: usize, ticks: bool) -> Told {
        let State { ticks: all, heard } = self.states[&toy];
        (at, toy, ticks, all, heard)
    }
}

impl Group for Toys<'_> {
    type Record = Told;
    type Event = (Due, usize);
    type Failure = Infallible;

    fn stage(&self) -> usize {
        self.stage
    }

    fn next(&self) -> Option<Time> {
        let message = self.messages.first().map(|(due, _)| *due);
        self.clocks.next_due().into_iter().chain(message).map(|(at, _)| at).min()
    }

    fn pending(&self) -> usize {
        self.clocks.pending()
    }

    fn fired(&self) -> u64 {
        self.clocks.tally().fired
    }

    fn hear(&mut self, message: (Due, usize)) {
        self.messages.insert(message);
    }

    fn advance(
        &mut self,
        epoch: &mut Epoch,
        out: &mut Outbox<Told, (Due, usize)>,
    ) -> Result<Time, (Moment, Place, Infallible)> {
        let (mut end, before) = (epoch.end, out.recorded());
        loop {
            let message = self.messages.first().map(|(due, _)| *due).filter(|due| due.0 <= end);
            let tick = self.clocks.next_due().filter(|due| due.0 <= end);
            let reached = match (tick, message) {
                (Some(first), _) if message.is_none_or(|message| first <= message) => {
                    let ahead = match self.loop_delay_fs {
                        None => (Time::from_tick(u64::MAX), u32::MAX),
                        Some(0) => first,
                        Some(delay_fs) => (Time::from_tick(first.0.tick + delay_fs), 0),
                    };
                    let limit = message.unwrap_or((end, u32::MAX)).min(ahead);
                    while let Some((toy, at, _)) = self.clocks.next(limit) {
                        let moment = Moment::first(at);
                        let state = self.states.entry(toy as usize).or_default();
                        let speaks = self.world.tick(toy as usize, state);
                        let next = self.world.clock(toy as usize, state.ticks);
                        self.clocks.schedule(toy, Some((next, 0)));
                        let told = self.told(at, toy as usize, true);
                        out.record(moment, Place { kind: 0, position: toy }, told);
                        if speaks {
                            self.say(moment, toy as usize, out);
                        }
                    }
                    limit.0
                }
                (_, Some((at, round))) => {
                    let moment = Moment { at, round, half: Half::Change };
                    while let Some((_, toy)) = self.messages.pop_first_if((at, round)) {
                        let speaks = World::hear(self.states.entry(toy).or_default());
                        let place = Place { kind: 0, position: toy as u32 };
                        out.record(moment, place, self.told(at, toy, false));
                        if speaks {
                            self.say(moment, toy, out);
                        }
                    }
                    at
                }
                _ => return Ok(end),
            };
            if out.recorded() - before >= epoch.share {
                end = end.min(reached);
            }
        }
    }
}

trait PopFirstIf {
    fn pop_first_if(&mut self, due: Due) -> Option<(Due, usize)>;
}

impl PopFirstIf for BTreeSet<(Due, usize)> {
    fn pop_first_if(&mut self, due: Due) -> Option<(Due, usize)> {
        self.first().is_some_and(|(first, _)| *first == due).then(|| self.pop_first())?
    }
}

/// Every member of a part that is no loop in a part of its own, if there is more than one thread.
fn divided(part: Part, threads: usize) -> Vec<Part> {
    if threads == 1 || part.loop_delay_fs.is_some() {
        return vec![part];
    }
    part.members.iter().map(|member| Part { members: vec![*member], ..part }).collect()
}

/// What the scheduler tells, paused at these times.
fn scheduled(world: &World, pace: Pace, pauses: &[u64]) -> Vec<Told> {
    let edges: Vec<Edge> = world
        .wires
        .iter()
        .map(|(from, to, delay)| Edge { from: *from, to: *to, delay_fs: *delay })
        .collect();
    let parts: Vec<Part> = groups(world.toys.len(), &edges)
        .into_iter()
        .flat_map(|part| divided(part, pace.threads.get()))
        .collect();
    let mut group_of = vec![0; world.toys.len()];
    for (number, part) in parts.iter().enumerate() {
        part.members.iter().for_each(|member| group_of[*member] = number);
    }
    let make = |(number, part): (usize, &Part)| {
        let mut clocks = Agenda::default();
        for toy in &part.members {
            clocks.schedule(*toy as u32, Some((world.clock(*toy, 0), 0)));
        }
        Toys {
            world,
            number,
            members: part.members.clone(),
            group_of: &group_of,
            states: part.members.iter().map(|toy| (*toy, State::default())).collect(),
            clocks,
            messages: BTreeSet::new(),
            loop_delay_fs: part.loop_delay_fs,
            stage: part.stage,
        }
    };
    let all: Vec<Toys<'_>> = parts.iter().enumerate().map(make).collect();
    assert_eq!(all.iter().map(|toys| toys.members.len()).sum::<usize>(), world.toys.len());
    let mut scheduler = Scheduler::new(all, pace);
    let mut told = Vec::new();
    let mut tell = |at: Time, record: &Told| {
        assert_eq!(at, record.0);
        told.push(*record);
        Ok::<(), Infallible>(())
    };
    let mut ends: Vec<u64> = pauses.iter().map(|pause| *pause % (world.until_fs + 1)).collect();
    ends.sort_unstable();
    ends.push(world.until_fs);
    for end in ends {
        let until = Time::from_tick(end);
        let ended = scheduler.run(until, &mut tell, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(ended, Ok(Ended::Reached)));
        assert_eq!(scheduler.now(), until);
    }
    told
}

fn world() -> impl Strategy<Value = World> {
    let toy = (1_u64..20, 0_u64..10, 1_u64..4).prop_map(|(period_fs, phase_fs, every)| Toy {
        period_fs,
        phase_fs,
        every,
    });
    proptest::collection::vec(toy, 1..9).prop_flat_map(|toys| {
        let count = toys.len();
        let wire = (0..count, 0..count, prop_oneof![2 => Just(0_u64), 1 => 1_u64..12]);
        let wires = proptest::collection::vec(wire, 0..2 * count);
        (Just(toys), wires, 1_u64..120).prop_map(|(toys, wires, until_fs)| World {
            toys,
            wires,
            until_fs,
        })
    })
}

fn pace() -> impl Strategy<Value = Pace> {
    (1_usize..60, 0_i32..4, 1_usize..4).prop_map(|(records, decade, threads)| Pace {
        first_window_s: 1e-15 * 10.0_f64.powi(decade),
        longest_window_s: 1.0,
        records: Some(records),
        threads: NonZeroUsize::new(threads).expect("at least one"),
        worth_threads: 0,
        ..Pace::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn groups_windows_pauses_and_threads_decide_nothing(
        world in world(),
        pace in pace(),
        pauses in proptest::collection::vec(0_u64..120, 0..4),
    ) {
        prop_assert_eq!(scheduled(&world, pace, &pauses), world.one_by_one());
    }

    /// Each group feeds only later ones, and who waits for each other is in one.
    #[test]
    fn groups_feed_only_later_ones(world in world()) {
        let edges: Vec<Edge> = world.wires.iter()
            .map(|(from, to, delay)| Edge { from: *from, to: *to, delay_fs: *delay })
            .collect();
        let parts = groups(world.toys.len(), &edges);
        let place = |toy: usize| parts.iter().position(|part| part.members.contains(&toy));
        for Edge { from, to, delay_fs } in edges {
            let (from, to) = (place(from).unwrap(), place(to).unwrap());
            prop_assert!(from < to || (from == to && parts[from].loop_delay_fs.unwrap() <= delay_fs));
        }
    }
}

#[test]
fn what_only_feeds_others_is_one_group_a_depth_and_a_loop_is_one_of_its_own() {
    let edge = |from, to| Edge { from, to, delay_fs: 5 };
    // 0, 1 feed 2; 3 and 4 are a loop that 2 feeds; 5 stands alone; 6 hears the loop.
    let parts =
        groups(7, &[edge(0, 2), edge(1, 2), edge(2, 3), edge(3, 4), edge(4, 3), edge(4, 6)]);
    let members: Vec<(Vec<usize>, Option<u64>)> =
        parts.into_iter().map(|part| (part.members, part.loop_delay_fs)).collect();
    let expected = [(vec![0, 1, 5], None), (vec![2], None), (vec![3, 4], Some(5)), (vec![6], None)];
    assert_eq!(members, expected);
}

#[test]
fn what_is_no_loop_is_divided_among_threads_and_nothing_is_lost() {
    for (count, most, pieces) in
        [(1, 4, 1), (63, 4, 1), (64, 4, 2), (127, 4, 3), (1000, 4, 4), (1000, 1, 1)]
    {
        let [part] = groups(count, &[]).try_into().expect("one part");
        let parts = part.clone().divided(most);
        assert_eq!(parts.len(), pieces, "{count} in {most}");
        let members: Vec<usize> = parts.iter().flat_map(|part| part.members.clone()).collect();
        assert_eq!(members, part.members);
        assert!(parts.iter().all(|each| each.stage == part.stage));
    }
    let around: Vec<Edge> =
        (0..200).map(|from| Edge { from, to: (from + 1) % 200, delay_fs: 1 }).collect();
    let [ring] = groups(200, &around).try_into().expect("one part");
    assert_eq!(ring.clone().divided(4), [ring]);
}
