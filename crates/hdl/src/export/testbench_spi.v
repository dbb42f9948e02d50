// Sends words through the pins of @NAME@_spi and compares what the core gives and counts with the event-level model.
`default_nettype none

module testbench_spi;
    localparam ORDERS = @ORDERS@;
    localparam GIFTS = @GIFTS@;
    // Words without an answer after which the core stands still.
    localparam PATIENCE = @PATIENCE@;

    // What is done: [63:60] 1 event, 2 tick, 3 start, 15 reset, 4 a count is [31:0], 5 so many things have been given ([59:32]),
    // 6 a tick whose word is broken off after [59:32] bits, 7 the word [31:0], which means nothing; [59:32] the address.
    reg [63:0] orders [0:ORDERS-1];
    // What the core gives: [31:28] 1 spike, 2 tick, 3 start of image; [27:0] the neuron, the winner.
    reg [31:0] gifts [0:GIFTS-1];

    reg clk = 1'b0;
    reg sck = 1'b0;
    reg cs_n = 1'b1;
    reg mosi = 1'b0;
    wire miso;
    wire waiting;

    integer at = 0;
    integer given = 0;
    integer failures = 0;
    integer words = 0;
    integer bits;
    integer tries;
    reg [3:0] order;
    reg [27:0] number;
    reg [27:0] event_sent = 28'd0;
    reg [31:0] expected;
    reg [31:0] reply;

    @NAME@_spi dut (.clk(clk), .sck(sck), .cs_n(cs_n), .mosi(mosi), .miso(miso), .waiting(waiting));

    always #5 clk = ~clk;

    // The core takes the event that was sent last, also where no spike would tell it from another one.
    always @(posedge clk)
        if (dut.core.in_valid && dut.core.in_ready && dut.core.in_address !== event_sent[@ADDRESS_BITS@-1:0])
            fail("address of an event", {{32-@ADDRESS_BITS@{1'b0}}, dut.core.in_address}, {4'd0, event_sent});

    initial begin
        $readmemh("spi_orders.hex", orders);
        $readmemh("spi_gifts.hex", gifts);
        repeat (32) @(negedge clk);
        if (waiting !== 1'b0) fail("waiting at rest", {31'd0, waiting}, 32'd0);
        select;
        for (at = 0; at < ORDERS && failures < 5; at = at + 1) begin
            {order, number, expected} = orders[at];
            case (order)
                4'd4: show_count;
                4'd5: wait_for_gifts;
                4'd6: break_off;
                4'd7: pass(expected);
                4'd15: pass({order, 28'd0});
                default: offer;
            endcase
        end
        pass(32'd0);
        pass(32'd0);
        if (given !== GIFTS) fail("things given", given, GIFTS);
        if (waiting !== 1'b0) fail("waiting at the end", {31'd0, waiting}, 32'd0);
        if (failures == 0) $display("PASS: %0d words through the pins", words);
        else $display("FAIL: the board-level top differs");
        if (failures != 0) $stop;
        $finish;
    end

    task fail;
        input [32*8-1:0] what;
        input [31:0] found;
        input [31:0] wanted;
        begin
            failures = failures + 1;
            if (failures < 5) $display("order %0d, word %0d: %0s: %h, expected %h", at, words, what, found, wanted);
        end
    endtask

    task select;
        begin
            cs_n = 1'b0;
            repeat (8) @(negedge clk);
        end
    endtask

    // The first bits of a word, at an eighth of the clock, which is as fast as it may be.
    task shift;
        input [31:0] word;
        input integer count;
        begin
            for (bits = 0; bits < count; bits = bits + 1) begin
                mosi = word[31 - bits];
                repeat (4) @(negedge clk);
                reply = {reply[30:0], miso};
                sck = 1'b1;
                repeat (4) @(negedge clk);
                sck = 1'b0;
            end
        end
    endtask

    // A word both ways. Something given waits until its word has passed; it is compared with what is due.
    task pass;
        input [31:0] word;
        begin
            // Between words an even and an odd number of clocks.
            if (words % 2 == 1) @(negedge clk);
            shift(word, 31);
            if (|reply[28:27] && waiting !== 1'b1) fail("waiting with a gift", {31'd0, waiting}, 32'd1);
            mosi = word[0];
            repeat (4) @(negedge clk);
            reply = {reply[30:0], miso};
            sck = 1'b1;
            repeat (4) @(negedge clk);
            sck = 1'b0;
            words = words + 1;
            if (^reply === 1'bx || {reply[30], reply[27:24]} !== 5'd0) fail("a reply", reply, 32'd0);
            if (reply[29:28] !== 2'd0) take_gift;
        end
    endtask

    task take_gift;
        begin
            if (given >= GIFTS) fail("more than was due", reply, 32'd0);
            else if ({2'd0, reply[29:28], 4'd0, reply[23:0]} !== gifts[given]) fail("a gift", reply, gifts[given]);
            given = given + 1;
        end
    endtask

    // An offer is repeated until it is taken.
    task offer;
        begin
            pass({order, number});
            for (tries = 0; reply[31] !== 1'b0 && tries < PATIENCE; tries = tries + 1) pass({order, number});
            if (tries == PATIENCE) fail("it is never taken", reply, 32'd0);
            // The word is through, but the core sees its event only after the next clock; the one before has been taken.
            if (order == 4'd1) event_sent = number;
        end
    endtask

    task wait_for_gifts;
        begin
            for (tries = 0; given < number && tries < PATIENCE; tries = tries + 1) pass(32'd0);
            if (given !== {4'd0, number}) fail("things given so far", given, {4'd0, number});
        end
    endtask

    // The count comes with the word after the one that asks for it, since nothing else is given.
    task show_count;
        begin
            pass({4'd4, number});
            pass(32'd0);
            if (dut.core.count_address !== number[@NEURON_BITS@-1:0]) fail("the neuron of a count", {{32-@NEURON_BITS@{1'b0}}, dut.core.count_address}, {4'd0, number});
            if (reply !== expected) fail("a count", reply, expected);
            // It stays.
            pass(32'd0);
            if (reply !== expected) fail("the same count", reply, expected);
        end
    endtask

    task break_off;
        begin
            shift({4'd2, 28'd0}, number);
            cs_n = 1'b1;
            repeat (8) @(negedge clk);
            select;
        end
    endtask
endmodule

`default_nettype wire
