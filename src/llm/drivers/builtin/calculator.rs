//! Sums in exact decimals: + - * / % ^ and brackets. Results hold at most 28 digits, quotients 12 decimals.

use std::{iter::Peekable, str::Chars, str::FromStr};

use rust_decimal::{Decimal, RoundingStrategy::MidpointNearestEven, prelude::ToPrimitive};

#[cfg(test)]
mod tests;

const DIGITS: u32 = 28;
const QUOTIENT_DECIMALS: u32 = 12;
const LARGEST: i128 = 10_i128.pow(28);
const LARGEST_EXPONENT: i64 = 99;
/// Brackets, signs and powers inside each other; more is no sum that a person wrote.
const DEPTH: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    DivisionByZero,
    TooLarge,
}

type Outcome = Result<Decimal, Fault>;

/// None when `text` is not a sum: a syntax error, or no operator between operands.
pub fn evaluate(text: &str) -> Option<Outcome> {
    let mut parser = Parser { rest: text.chars().peekable(), operators: 0, depth: 0 };
    let outcome = parser.sum()?;
    let complete = parser.peek().is_none() && parser.operators > 0;
    complete.then(|| outcome.map(|value| value.normalize()))
}

/// Computes while it reads. A fault is carried along as a value, so that a later syntax error still shows.
struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    operators: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        while self.rest.next_if_eq(&' ').is_some() {}
        self.rest.peek().copied()
    }

    fn operator(&mut self, wanted: &[char]) -> Option<char> {
        let found = self.peek().filter(|c| wanted.contains(c))?;
        self.rest.next();
        self.operators += 1;
        Some(found)
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let outcome = if self.depth > DEPTH { None } else { read(self) };
        self.depth -= 1;
        outcome
    }

    fn sum(&mut self) -> Option<Outcome> {
        let mut left = self.product()?;
        while let Some(operator) = self.operator(&['+', '-']) {
            let right = self.product()?;
            left = both(left, right, |a, b| bounded(if operator == '+' { a.checked_add(b) } else { a.checked_sub(b) }));
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Outcome> {
        let mut left = self.power()?;
        while let Some(operator) = self.operator(&['*', '/', '%']) {
            let right = self.power()?;
            left = both(left, right, |a, b| match operator {
                '*' => bounded(a.checked_mul(b)),
                _ if b.is_zero() => Err(Fault::DivisionByZero),
                '/' => quotient(a, b),
                _ => bounded(a.checked_rem(b)),
            });
        }
        Some(left)
    }

    fn power(&mut self) -> Option<Outcome> {
        let base = self.signed()?;
        if self.operator(&['^']).is_none() {
            return Some(base);
        }
        let exponent = self.nested(Self::power)?;
        match (base, exponent) {
            (Ok(base), Ok(exponent)) => raise(base, exponent),
            (Err(fault), _) | (_, Err(fault)) => Some(Err(fault)),
        }
    }

    fn signed(&mut self) -> Option<Outcome> {
        if self.peek() == Some('-') {
            self.rest.next();
            return self.nested(Self::signed).map(|value| value.map(|v| -v));
        }
        self.operand()
    }

    fn operand(&mut self) -> Option<Outcome> {
        if self.peek() == Some('(') {
            self.rest.next();
            let inner = self.nested(Self::sum)?;
            self.peek().filter(|c| *c == ')')?;
            self.rest.next();
            return Some(inner);
        }
        let mut number = String::new();
        while let Some(c) = self.rest.next_if(|c| c.is_ascii_digit() || *c == '.') {
            number.push(c);
        }
        let well_formed = number.matches('.').count() <= 1 && number.contains(|c: char| c.is_ascii_digit());
        well_formed.then(|| bounded(Decimal::from_str(&number).ok()))
    }
}

fn both(left: Outcome, right: Outcome, compute: impl FnOnce(Decimal, Decimal) -> Outcome) -> Outcome {
    compute(left?, right?)
}

/// `None` is an overflow.
fn bounded(value: Option<Decimal>) -> Outcome {
    let largest = Decimal::from_i128_with_scale(LARGEST, 0);
    let value = value.filter(|v| v.abs() <= largest);
    value.and_then(|v| v.round_sf_with_strategy(DIGITS, MidpointNearestEven)).ok_or(Fault::TooLarge)
}

fn quotient(a: Decimal, b: Decimal) -> Outcome {
    bounded(a.checked_div(b).map(|q| q.round_dp_with_strategy(QUOTIENT_DECIMALS, MidpointNearestEven)))
}

/// None for an exponent that is no whole number: that is not a sum this calculator knows.
fn raise(base: Decimal, exponent: Decimal) -> Option<Outcome> {
    if !exponent.fract().is_zero() {
        return None;
    }
    let Some(exponent) = exponent.to_i64().filter(|e| e.abs() <= LARGEST_EXPONENT) else {
        return Some(Err(Fault::TooLarge));
    };
    let power = (0..exponent.abs()).try_fold(Decimal::ONE, |product, _| bounded(product.checked_mul(base)));
    if exponent >= 0 {
        return Some(power);
    }
    Some(match power {
        _ if base.is_zero() => Err(Fault::DivisionByZero),
        // One part of more than 10^28 is nothing at twelve decimals; one part of less than 10^-28 is out of range.
        Err(_) => Ok(Decimal::ZERO),
        Ok(power) if power.is_zero() => Err(Fault::TooLarge),
        Ok(power) => quotient(Decimal::ONE, power),
    })
}
