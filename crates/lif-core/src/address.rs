//! Widths of addresses.

/// Bits that number `count` things from zero; at least one, for a port has no width of zero.
#[must_use]
pub fn address_bits(count: usize) -> u32 {
    usize::BITS - (count.max(2) - 1).leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::address_bits;

    #[test]
    fn the_last_of_count_things_fits_and_no_bit_is_wasted() {
        for count in 1..5000_usize {
            let bits = address_bits(count);
            assert!(count - 1 < 1 << bits);
            assert!(bits == 1 || count > 1 << (bits - 1));
        }
    }
}
