//! How many counters are said to be wrong at least, where one does not explain what is broken.

use proptest::{collection::vec, prelude::*};
use usage_validate::Policy;

use crate::support::{config, data, validate};

/// The figures of a node: total, download, upload.
type Figures = [u64; 3];

/// A tree of data: the top first, then home, then countries; each node with its unit and what that is in bytes.
#[derive(Clone, Debug)]
struct Tree(Vec<(Figures, &'static str, i64)>);

impl Tree {
    fn in_bytes(nodes: &[Figures]) -> Self {
        Self(nodes.iter().map(|node| (*node, "bytes", 1)).collect())
    }

    fn text(&self) -> String {
        let nodes: Vec<_> = self
            .0
            .iter()
            .map(|([total, download, upload], unit, _)| {
                format!(
                    r#""total":{total},"download":{download},"upload":{upload},"units":"{unit}""#
                )
            })
            .collect();
        let countries: Vec<_> = nodes[2..]
            .iter()
            .enumerate()
            .map(|(index, node)| {
                let letter = char::from(b'A' + u8::try_from(index).unwrap());
                format!(r#"{{{node},"country_code":"AA{letter}"}}"#)
            })
            .collect();
        data(&format!(
            r#"{{{},"home":{{{}}},"international_roaming":[{}]}}"#,
            nodes[0],
            nodes[1],
            countries.join(",")
        ))
    }
}

/// What the help of the findings on sums names.
#[derive(Debug, PartialEq)]
enum Said {
    Nothing,
    OneOrAnyOf,
    AtLeast(usize),
}

fn said(tree: &Tree, policy: Policy, tolerance: u64) -> Said {
    let mut config = config();
    config.policy = policy;
    config.tolerance.data = tolerance;
    let (findings, _) = validate(&config, &tree.text());
    let mut helps: Vec<_> = findings
        .into_iter()
        .filter(|finding| ["UR201", "UR202"].contains(&finding.code))
        .map(|finding| finding.help.unwrap())
        .collect();
    helps.dedup();
    assert!(helps.len() <= 1, "{helps:?}");
    let Some(help) = helps.first() else {
        return Said::Nothing;
    };
    match help.split_once("at least ") {
        Some((_, rest)) => Said::AtLeast(rest.split_once(" are wrong").unwrap().0.parse().unwrap()),
        None => Said::OneOrAnyOf,
    }
}

/// The same by trying every set of counters, the small ones first: the sums are equations, and a set will do if
/// changes of its counters, of whatever sign and size, solve them.
fn least(tree: &Tree, policy: Policy) -> usize {
    let (equations, wanted) = equations(tree, policy);
    let counters = 3 * tree.0.len();
    (0..=counters)
        .find(|size| {
            (0_u32..1 << counters)
                .filter(|set| usize::try_from(set.count_ones()).unwrap() == *size)
                .any(|set| is_solvable(set, equations.clone(), wanted.clone()))
        })
        .unwrap()
}

/// For each sum of a tree how a change of each counter, in bytes, changes what it is off by, and what that is.
fn equations(Tree(nodes): &Tree, policy: Policy) -> (Vec<Vec<i64>>, Vec<i64>) {
    let figures: Vec<i64> = nodes
        .iter()
        .flat_map(|(figures, _, scale)| {
            figures.map(|figure| i64::try_from(figure).unwrap() * scale)
        })
        .collect();
    let network = |counter: usize| -> Vec<i64> {
        let is_counted = |node: usize| node < 2 || policy != Policy::Exclude;
        let of_node = |node: usize| match node {
            0 => 1,
            _ if is_counted(node) => -1,
            _ => 0,
        };
        (0..figures.len())
            .map(|index| {
                if index % 3 == counter {
                    of_node(index / 3)
                } else {
                    0
                }
            })
            .collect()
    };
    let direction = |node: usize| -> Vec<i64> {
        (0..figures.len())
            .map(|index| match (index / 3 == node, index % 3) {
                (true, 0) => 1,
                (true, _) => -1,
                (false, _) => 0,
            })
            .collect()
    };
    let equations: Vec<_> = (0..3)
        .map(network)
        .chain((0..nodes.len()).map(direction))
        .collect();
    let off = |equation: &Vec<i64>| equation.iter().zip(&figures).map(|(a, b)| a * b).sum();
    let wanted = equations.iter().map(off).collect();
    (equations, wanted)
}

/// Gauss's elimination; the coefficients of these equations stay within −1, 0 and 1.
fn is_solvable(set: u32, mut rows: Vec<Vec<i64>>, mut wanted: Vec<i64>) -> bool {
    let mut used = 0;
    for column in (0..rows[0].len()).filter(|column| set & (1 << column) != 0) {
        let Some(pivot) = (used..rows.len()).find(|row| rows[*row][column] != 0) else {
            continue;
        };
        rows.swap(used, pivot);
        wanted.swap(used, pivot);
        let (row, right) = (rows[used].clone(), wanted[used]);
        for other in used + 1..rows.len() {
            let factor = rows[other][column] * row[column];
            for (a, b) in rows[other].iter_mut().zip(&row) {
                *a -= factor * b;
            }
            wanted[other] -= factor * right;
        }
        used += 1;
    }
    wanted[used..].iter().all(|off| *off == 0)
}

fn any_tree(largest: u64) -> impl Strategy<Value = Tree> {
    let unit = prop_oneof![4 => Just(("bytes", 1)), 1 => Just(("KB", 1000))];
    let node = ([0..=largest, 0..=largest, 0..=largest], unit)
        .prop_map(|(figures, (unit, scale))| (figures, unit, scale));
    vec(node, 2..=4).prop_map(Tree)
}

/// A tree in order whose largest figures are small, so that faults in it are alike by chance.
fn any_small_valid_tree() -> impl Strategy<Value = Vec<Figures>> {
    vec([0_u64..4, 0_u64..4], 1..=3).prop_map(|children| {
        let mut nodes: Vec<Figures> = children.iter().map(|[a, b]| [a + b, *a, *b]).collect();
        let top = [0, 1, 2].map(|counter| nodes.iter().map(|node| node[counter]).sum());
        nodes.insert(0, top);
        nodes
    })
}

proptest! {
    #[test]
    fn the_number_is_what_trying_every_set_of_counters_gives(tree in any_tree(4)) {
        for policy in [Policy::Include, Policy::Exclude] {
            let least = least(&tree, policy);
            match said(&tree, policy, 0) {
                Said::Nothing => prop_assert_eq!(least, 0),
                Said::OneOrAnyOf => prop_assert_eq!(least, 1),
                // A counter that alone explains all but cannot have the figure is not the only wrong one.
                Said::AtLeast(number) => prop_assert_eq!(number, least.max(2)),
            }
        }
    }

    #[test]
    fn no_more_counters_are_called_wrong_than_were_changed(
        nodes in any_small_valid_tree(),
        faults in vec((any::<prop::sample::Index>(), 0_usize..3, 0_u64..12), 2..=4),
        tolerance in 0_u64..3,
    ) {
        let mut nodes = nodes;
        for (node, counter, value) in &faults {
            let node = node.index(nodes.len());
            nodes[node][*counter] = *value;
        }
        if let Said::AtLeast(number) = said(&Tree::in_bytes(&nodes), Policy::Include, tolerance) {
            prop_assert!(number <= faults.len(), "{} > {}: {:?}", number, faults.len(), nodes);
        }
    }
}

#[test]
fn what_is_within_tolerance_may_make_up_for_another_counter() {
    // The network sums are off by 5 and 7, the direction sums by 6 and 6.
    let tree = Tree::in_bytes(&[[19, 3, 10], [14, 10, 10]]);
    assert_eq!(said(&tree, Policy::Auto, 0), Said::AtLeast(3));
    assert_eq!(said(&tree, Policy::Auto, 1), Said::AtLeast(2));
    let repaired = Tree::in_bytes(&[[13, 3, 10], [14, 4, 10]]);
    assert_eq!(said(&repaired, Policy::Auto, 1), Said::Nothing);
}

#[test]
fn up_to_ten_broken_sums_are_grouped_and_of_more_the_greater_kind_is_counted() {
    // The three network sums are broken, and so many direction sums, by amounts that balance only all together.
    let with_broken = |nodes: usize| {
        let countries = (1..nodes).map(|node| [1 << node, 0, 0]);
        let nodes: Vec<Figures> = [[10_000, 300, 3], [1_000, 1, 999]]
            .into_iter()
            .chain(countries)
            .collect();
        Tree::in_bytes(&nodes)
    };
    assert_eq!(said(&with_broken(7), Policy::Include, 0), Said::AtLeast(9));
    assert_eq!(said(&with_broken(8), Policy::Include, 0), Said::AtLeast(8));
    assert_eq!(said(&with_broken(9), Policy::Include, 0), Said::AtLeast(9));
}
