//! One neuron in rust-hdl.

use rust_hdl::prelude::*;

/// A neuron with weights of `W` and potentials of `P` bits, both in two's complement at its ports.
#[derive(LogicBlock)]
pub struct Neuron<const W: usize, const P: usize> {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub integrate: Signal<In, Bit>,
    pub tick: Signal<In, Bit>,
    pub weight: Signal<In, Bits<W>>,
    pub potential: Signal<Out, Bits<P>>,
    pub fired: Signal<Out, Bit>,
    v: DFF<Bits<P>>,
    /// Potential and weight in offset binary, and their sum, which has both offsets.
    raised: Signal<Local, Bits<32>>,
    weight_raised: Signal<Local, Bits<32>>,
    sum: Signal<Local, Bits<32>>,
    next: Signal<Local, Bits<32>>,
    sign_v: Constant<Bits<P>>,
    sign_weight: Constant<Bits<W>>,
    /// The sums of the lowest and of the highest potential.
    lowest: Constant<Bits<32>>,
    highest: Constant<Bits<32>>,
    /// The highest potential in offset binary.
    top: Constant<Bits<32>>,
    threshold: Constant<Bits<32>>,
    threshold_raised: Constant<Bits<32>>,
    shift: Constant<Bits<32>>,
    /// What the shift makes of the offset.
    offset_shifted: Constant<Bits<32>>,
}

impl<const W: usize, const P: usize> Neuron<W, P> {
    pub fn new(threshold: u64, shift: u32) -> Self {
        let offset = 1_u64 << (P - 1);
        let weight_offset = 1_u64 << (W - 1);
        Self {
            clock: Signal::default(),
            clear: Signal::default(),
            integrate: Signal::default(),
            tick: Signal::default(),
            weight: Signal::default(),
            potential: Signal::default(),
            fired: Signal::default(),
            v: DFF::default(),
            raised: Signal::default(),
            weight_raised: Signal::default(),
            sum: Signal::default(),
            next: Signal::default(),
            sign_v: Constant::new(offset.to_bits()),
            sign_weight: Constant::new(weight_offset.to_bits()),
            lowest: Constant::new(weight_offset.to_bits()),
            highest: Constant::new((2 * offset - 1 + weight_offset).to_bits()),
            top: Constant::new((2 * offset - 1).to_bits()),
            threshold: Constant::new(threshold.to_bits()),
            threshold_raised: Constant::new((threshold + offset).to_bits()),
            shift: Constant::new(u64::from(shift).to_bits()),
            offset_shifted: Constant::new((offset >> shift).to_bits()),
        }
    }
}

impl<const W: usize, const P: usize> Logic for Neuron<W, P> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, v);
        self.raised.next = bit_cast::<32, P>(self.v.q.val() ^ self.sign_v.val());
        self.weight_raised.next = bit_cast::<32, W>(self.weight.val() ^ self.sign_weight.val());
        self.sum.next = self.raised.val() + self.weight_raised.val();
        self.next.next = self.raised.val();
        self.fired.next = false;
        if self.tick.val() {
            if self.raised.val() >= self.threshold_raised.val() {
                self.fired.next = true;
                self.next.next = self.raised.val() - self.threshold.val();
            } else {
                self.next.next = (self.raised.val() - (self.raised.val() >> self.shift.val()))
                    + self.offset_shifted.val();
            }
        } else if self.integrate.val() {
            if self.sum.val() < self.lowest.val() {
                self.next.next = 0.into();
            } else if self.sum.val() > self.highest.val() {
                self.next.next = self.top.val();
            } else {
                self.next.next = self.sum.val() - self.lowest.val();
            }
        }
        self.v.d.next = bit_cast::<P, 32>(self.next.val()) ^ self.sign_v.val();
        if self.clear.val() {
            self.v.d.next = 0.into();
        }
        self.potential.next = self.v.q.val();
    }
}
