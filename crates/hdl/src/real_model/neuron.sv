// A neuron with real-number ports: a resistor, a capacitor and a memristor whose filament grows, bridges and ruptures.
//
//   C dv/dt = (u - v) / RS - v / r      u: volts behind the resistor; r: ROFF, and RON while the device is on
//   off, |v| < VON                      the filament g dissolves
//   off, |v| >= VON                     dg/dt = min(exp((|v| - VON) / VS) / T0, 1 / TON_MIN); the device turns on where g = 1
//   on                                  until |v| has fallen to VHOLD; then g = GRES is left
//
// Nothing advances by a step. Between two events v is one exponential, and the growth under it an exponential integral; the
// next event is solved for and waited for. The state keeps the event's own instant, so that the unit of time rounds what
// is seen and never what follows. The capacitor holds the voltage while a filament widens, so that it is always at its widest, RON.
`timescale 1fs / 1fs

module @name@ #(
@parameters@
) (
  input real @input@,  // @input_doc@
  output reg spike = 1'b0,  // 1 from the instant at which the device turns on to that at which it ruptures
  output reg [31:0] spikes = 0,  // how often it has turned on
  output wire real v,  // membrane at the last event (V); the function `membrane` gives it now
  output wire real filament  // at the last event
);
  localparam real RATE_OFF = (1.0 / RS + 1.0 / ROFF) / CM;
  localparam real RATE_ON = (1.0 / RS + 1.0 / RON) / CM;
  localparam real GAIN_OFF = (1.0 / RS) / (1.0 / RS + 1.0 / ROFF);
  localparam real GAIN_ON = (1.0 / RS) / (1.0 / RS + 1.0 / RON);
  // From here on growth is at its fastest.
  localparam real VCAP = T0 > TON_MIN ? VON + VS * $ln(T0 / TON_MIN) : VON;
  localparam real EULER = 0.57721566490153286;
  // The longest wait at once (fs).
  localparam real LONGEST = 3.6e18;

  localparam OFF = 0, GROWING = 1, SATURATED = 2, ON = 3;

  integer phase = OFF;
  real volts = 0.0, grown = 0.0, behind = 0.0;
  // Polarity of the voltage that the filament grows under.
  real polarity = 1.0;
  // Of the state: whole femtoseconds, and the seconds beyond.
  longint at_fs = 0;
  real part = 0.0;
  // The next event: seconds from the state on, below zero if there is none, and the phase that begins.
  real next_s = -1.0;
  integer next_phase = OFF;
  real next_polarity = 1.0;
  // Wishes to be woken are counted.
  longint wished = 0, wake = 0;

  assign v = volts;
  assign filament = grown;

  // Final voltage and rate of the present phase.
  function real goal(input real none);
    goal = (phase == ON ? GAIN_ON : GAIN_OFF) * behind;
  endfunction

  function real rate(input real none);
    rate = phase == ON ? RATE_ON : RATE_OFF;
  endfunction

  // ln(1 + x), whose digits a small x keeps.
  function real ln1p(input real x);
    real sum;
    sum = 1.0 + x;
    ln1p = sum == 1.0 ? x : $ln(sum) * x / (sum - 1.0);
  endfunction

  // Seconds until a voltage on its way from `from` to `to` is at a level between both, or has passed it.
  function real reach(input real from, input real to, input real level);
    real beyond;
    beyond = (from - level) / (level - to);
    reach = beyond <= 0.0 ? 0.0 : ln1p(beyond) / rate(0.0);
  endfunction

  // Sum of x^k / (k k!) from k = 1 on, for x from -2 to 40.
  function real series(input real x);
    real power, sum, term;
    integer k;
    power = 1.0;
    sum = 0.0;
    term = 1.0;
    for (k = 1; k < 400 && (term > 1e-18 * sum || -term > 1e-18 * sum); k = k + 1) begin
      power = power * x / k;
      term = power / k;
      sum = sum + term;
      if (term == 0.0) k = 400;
    end
    series = sum;
  endfunction

  // exp(c) Ei(x), without a number beyond all doubles between.
  function real scaled_ei(input real c, input real x);
    real sum, term, b, d, h, an, factor;
    integer k;
    if (x > 40.0) begin
      sum = 1.0;
      term = 1.0;
      for (k = 1; k < 40; k = k + 1) begin
        term = term * k / x;
        sum = sum + term;
      end
      scaled_ei = $exp(c + x) / x * sum;
    end else if (x >= -2.0) begin
      scaled_ei = $exp(c) * (EULER + $ln(x < 0.0 ? -x : x) + series(x));
    end else begin
      // Lentz' continued fraction of exp(y) E1(y), y = -x.
      b = 1.0 - x;
      d = 1.0 / b;
      h = d;
      sum = 1e300;
      factor = 0.0;
      for (k = 1; k < 200 && factor != 1.0; k = k + 1) begin
        an = -1.0 * k * k;
        b = b + 2.0;
        d = 1.0 / (an * d + b);
        sum = b + an / sum;
        factor = sum * d;
        h = h * factor;
      end
      scaled_ei = -$exp(c + x) * h;
    end
  endfunction

  // What grows in `s` seconds under a voltage on its way from `from` to `to`, both with the filament's polarity.
  function real growth(input real from, input real to, input real s);
    real x, later, c, turns;
    x = (from - to) / VS;
    c = (to - VON) / VS;
    turns = s * RATE_OFF;
    later = x * $exp(-turns);
    if (x == 0.0) growth = $exp(c) * s / T0;
    else if (x >= -2.0 && x <= 2.0)
      growth = $exp(c) * (turns + series(x) - series(later)) / (RATE_OFF * T0);
    else if (later >= -2.0 && later <= 2.0)
      growth = (scaled_ei(c, x) - $exp(c) * (EULER + $ln(x < 0.0 ? -x : x) - turns + series(later))) / (RATE_OFF * T0);
    else growth = (scaled_ei(c, x) - scaled_ei(c, later)) / (RATE_OFF * T0);
  endfunction

  function real speed(input real u);
    speed = $exp((u - VON) / VS) / T0;
  endfunction

  // Seconds until `need` has grown, below zero if that is after `limit` (below zero: no limit).
  function real grows(input real need, input real from, input real to, input real limit);
    real low, high, s, f, step;
    integer k;
    high = need / speed(from < to ? from : to);
    if (limit >= 0.0 && limit < high) high = limit;
    if (need <= 0.0) grows = 0.0;
    else if (limit >= 0.0 && high == limit && growth(from, to, limit) < need) grows = -1.0;
    else begin
      // Newton's steps, halving where they leave what is known.
      low = 0.0;
      s = from < to ? high : 0.0;
      step = high;
      for (k = 0; k < 200 && (step > 1e-17 * high || -step > 1e-17 * high); k = k + 1) begin
        f = growth(from, to, s) - need;
        if (f > 0.0) high = s;
        else low = s;
        step = f / speed(to + (from - to) * $exp(-s * RATE_OFF));
        if (s - step < low || s - step > high) step = s - 0.5 * (low + high);
        if (s - step == s) step = 0.0;
        s = s - step;
      end
      grows = s;
    end
  endfunction

  // What is left of the filament after `s` seconds below VON.
  function real dissolved(input real from, input real s);
    real left;
    if (DISSOLUTION == 0.0) dissolved = from * $exp(-s / TRELAX);
    else begin
      left = from <= 0.0 ? -1.0 : $pow(from / GRES, DISSOLUTION) - s / TRELAX;
      dissolved = left <= 0.0 ? 0.0 : GRES * $pow(left, 1.0 / DISSOLUTION);
      if (dissolved > from) dissolved = from;
    end
  endfunction

  // The membrane now (V). Functions of Verilog have an argument; this one does not look at it.
  function real membrane(input real none);
    real s;
    s = ($time - at_fs) * 1e-15 - part;
    membrane = goal(0.0) + (volts - goal(0.0)) * $exp(-(s > 0.0 ? s : 0.0) * rate(0.0));
  endfunction

  // Finds the next event.
  task plan;
    real u, to, leaves, bridges;
    begin
      u = polarity * volts;
      to = polarity * goal(0.0);
      next_s = -1.0;
      next_polarity = polarity;
      case (phase)
        OFF: begin
          next_phase = VCAP > VON ? GROWING : SATURATED;
          next_polarity = goal(0.0) < 0.0 ? -1.0 : 1.0;
          if (goal(0.0) > VON || (goal(0.0) < -VON && UNIPOLAR == 0.0))
            next_s = reach(next_polarity * volts, next_polarity * goal(0.0), VON);
        end
        GROWING: begin
          if (to < VON) next_s = reach(u, to, VON);
          else if (to > VCAP) next_s = reach(u, to, VCAP);
          next_phase = to < VON ? OFF : SATURATED;
          bridges = grows(1.0 - grown, u, to, next_s);
          if (bridges >= 0.0) begin
            next_s = bridges;
            next_phase = ON;
          end
        end
        SATURATED: begin
          bridges = (1.0 - grown) * TON_MIN;
          leaves = to < VCAP ? reach(u, to, VCAP) : bridges;
          next_phase = leaves < bridges ? (VCAP > VON ? GROWING : OFF) : ON;
          next_s = leaves < bridges ? leaves : bridges;
        end
        default: begin
          next_phase = OFF;
          if (to < VHOLD) next_s = reach(u, to, VHOLD);
        end
      endcase
    end
  endtask

  // The state `s` seconds later, with no event between.
  task glide(input real s);
    real whole;
    begin
      case (phase)
        OFF: grown = dissolved(grown, s);
        GROWING: grown = grown + growth(polarity * volts, polarity * goal(0.0), s);
        SATURATED: grown = grown + s / TON_MIN;
        default: grown = 1.0;
      endcase
      if (grown > 1.0) grown = 1.0;
      volts = goal(0.0) + (volts - goal(0.0)) * $exp(-s * rate(0.0));
      whole = $floor((part + s) * 1e15);
      at_fs = at_fs + longint'(whole);
      part = part + s - whole * 1e-15;
    end
  endtask

  // The event that was found happens.
  task happen;
    integer last_phase;
    begin
      last_phase = phase;
      glide(next_s);
      phase = next_phase;
      polarity = next_polarity;
      if (last_phase == ON) begin
        volts = polarity * VHOLD;
        grown = GRES;
        spike = 1'b0;
      end else if (phase == ON) begin
        grown = 1.0;
        spike = 1'b1;
        spikes = spikes + 1;
      end else if (last_phase == OFF || phase == OFF) volts = polarity * VON;
      else volts = polarity * VCAP;
      plan;
    end
  endtask

  // Femtoseconds from now until the event that was found.
  function real ahead(input real none);
    ahead = $floor((next_s + part) * 1e15 + 0.5) - ($time - at_fs);
  endfunction

  // What happens at the present femtosecond, and a wish to be woken at what comes then.
  task go_on;
    begin
      plan;
      while (next_s >= 0.0 && ahead(0.0) <= 0.0) happen;
      wished = wished + 1;
      if (next_s >= 0.0) wake <= #(longint'(ahead(0.0) < LONGEST ? ahead(0.0) : LONGEST)) wished;
    end
  endtask

  // The input has jumped: what came before is done with its old value.
  task hear;
    real left;
    begin
      plan;
      left = ($time - at_fs) * 1e-15 - part;
      while (next_s >= 0.0 && next_s <= left) begin
        happen;
        left = ($time - at_fs) * 1e-15 - part;
      end
      if (left > 0.0) glide(left);
      behind = @behind@;
      go_on;
    end
  endtask

  reg begun = 1'b0;
  initial begun = 1'b1;
  always @(begun or @input@) hear;
  // A wish of before the last jump may be the last that is granted at an instant for which there are two.
  always @(wake) if (wake == wished || (next_s >= 0.0 && ahead(0.0) <= 0.0)) go_on;
endmodule
