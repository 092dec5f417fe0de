"""Every verb of the engine as a function. Made by tools/verbs.py from the engine's own description: do not edit."""

from __future__ import annotations

from typing import Any, Literal

from ._call import Engine, Many, NetworkLike, Path, Result, Values, call

__all__ = [
    "aggregate",
    "analyze",
    "audit",
    "backtest",
    "betweenness",
    "communities",
    "components",
    "contain",
    "core",
    "distances",
    "export",
    "generate_ba",
    "generate_configuration",
    "generate_er",
    "generate_lfr",
    "generate_market",
    "generate_rmat",
    "generate_sbm",
    "generate_ws",
    "harmonic",
    "influence",
    "info",
    "ingest",
    "learn",
    "niche_creators",
    "niche_experts",
    "niche_learn",
    "overlap",
    "pagerank",
    "personal",
    "priors",
    "reach",
    "reconcile",
    "report",
    "risk",
    "run",
    "select",
    "similar",
    "sketch_make",
    "sketch_merge",
    "sketch_similar",
    "triangles",
    "tunkrank",
    "verify",
]


def analyze(
    network: NetworkLike | None = None,
    *,
    define: Values | None = None,
    priors: Path | None = None,
    top: int = 20,
    only: Values | None = None,
    model: str | float = 'prior',
    rho: str | float | None = None,
    weight: str | float | None = None,
    authentic: str | float | None = None,
    within: float | None = None,
    delay: str | float | None = None,
    half_width: float = 0.02,
    max_worlds: int = 65536,
    draws: int = 100,
    niche: str | float | None = None,
    reach_from: Literal['auto', 'posts', 'graph'] = 'auto',
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Print a table of creators with their estimated reach, rank and community.  NETWORK is a snapshot made by
    `truereach ingest`, a folder of tables or with a network.toml, or raw files. Without it, a small real network
    shipped inside the program is analysed. What the data cannot carry is not printed, and a note says what would
    make it possible.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    priors
        TOML file of what the model prior assumes: exposure by followers, resharing
    top
        Show the N creators of largest reach; 0 shows all: more than 10,000 from one pool of walks, with the
        half-width for half of them
    only
        Only accounts that meet a condition: tier=nano,micro, niche=beauty, followers>=1000 (repeatable)
    model
        Chances of exposure: prior, ic:P, wc, tv, edge or lt
    rho
        Chance of resharing once exposed: P, by tier (everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0), or
        column:NAME of the accounts table [default: prior: as truereach learn kept it, else (or with
        interactions) from shares in the data, else 0.01; other models: 1]
    weight
        Count people by this column of the accounts table, such as the chance that an account is a real
        person, or by a product of columns (authentic*beauty); by default everybody counts 1
    authentic
        Chance that each account is a real person, a column of the accounts table: accounts count and
        reshare by it [default: the column authentic, which audit keeps, if there is one; none: everybody is
        taken for real]
    within
        Count the people whom the post comes to within this many hours [default: whenever it comes]
    delay
        With --within: hours from one person to the next, exp:MEAN or lognormal:MEDIAN,SIGMA [default:
        lognormal:1,4.7, assumed]
    half_width
        Stop a creator when the simulation error is at most this share of the reach
    max_worlds
        Never simulate more worlds than this for one creator
    draws
        Draws of assumed parameters for the interval (0: leave them out of it)
    niche
        Score creators by the people who care about this niche, as niche learn found it (beauty); else by
        everybody
    reach_from
        Where reach comes from: past posts, the follow graph, or posts wherever there are some
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    force
        Replace the output file if it exists
    """
    return call(
        'analyze',
        network,
        [],
        {
            'define': ('many', define, None),
            'priors': ('path', priors, None),
            'top': ('integer', top, 20),
            'only': ('many', only, None),
            'model': ('text', model, 'prior'),
            'rho': ('text', rho, None),
            'weight': ('text', weight, None),
            'authentic': ('text', authentic, None),
            'within': ('number', within, None),
            'delay': ('text', delay, None),
            'half-width': ('number', half_width, 0.02),
            'max-worlds': ('integer', max_worlds, 65536),
            'draws': ('integer', draws, 100),
            'niche': ('text', niche, None),
            'reach-from': ('text', reach_from, 'auto'),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def reach(
    network: NetworkLike,
    *,
    define: Values | None = None,
    creators: Values | None = None,
    by: str | float | None = None,
    model: str | float = 'prior',
    rho: str | float | None = None,
    weight: str | float | None = None,
    authentic: str | float | None = None,
    within: float | None = None,
    delay: str | float | None = None,
    half_width_people: float | None = None,
    worlds: int | None = None,
    max_worlds: int = 1000000,
    draws: int = 100,
    next_posts: int | None = None,
    content_sd: float | None = None,
    mixture: str | float | None = None,
    priors: Path | None = None,
    cost: str | float | None = None,
    pay_in: str | float | None = None,
    all: bool = False,
    top: int | None = None,
    only: Values | None = None,
    samples: int | None = None,
    max_samples: int = 268435456,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    force: bool = False,
    half_width: float = 0.02,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
    engine: Engine | None = None,
) -> Result:
    """Estimate how many people a set of creators reaches with one post each, and how: directly, through
    resharing, hop by hop. With --all: the reach of every account apart.  Reach is exposure, not persuasion or
    sales.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    creators
        The creators who post: ids, or @FILE with one a line
    by
        Split the reach: by creator (what each adds), or the people reached by tier, community, or a column
        of the accounts table, such as niche
    model
        Chances of exposure: prior, ic:P, wc, tv, edge or lt
    rho
        Chance of resharing once exposed: P, by tier (everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0), or
        column:NAME of the accounts table [default: prior: as truereach learn kept it, else (or with
        interactions) from shares in the data, else 0.01; other models: 1]
    weight
        Count people by this column of the accounts table, such as the chance that an account is a real
        person, or by a product of columns (authentic*beauty); by default everybody counts 1
    authentic
        Chance that each account is a real person, a column of the accounts table: accounts count and
        reshare by it [default: the column authentic, which audit keeps, if there is one; none: everybody is
        taken for real]
    within
        Count the people whom the post comes to within this many hours [default: whenever it comes]
    delay
        With --within: hours from one person to the next, exp:MEAN or lognormal:MEDIAN,SIGMA [default:
        lognormal:1,4.7, assumed]
    half_width_people
        Stop when the simulation error is at most this many people, where that is more than the share
    worlds
        Simulate exactly this many worlds, whatever the half-width
    max_worlds
        Never simulate more worlds than this to meet the half-width
    draws
        Draws of assumed parameters for the interval (0: leave them out of it)
    next_posts
        Draw about so many next posts for the interval the next post falls into (0: leave it out) [default:
        a quarter of the worlds, 4 to 20 a draw of parameters, or 128 to 1,000 where these are given]
    content_sd
        How much posts differ by their content: the standard deviation of the log of a factor on exposure
        (0: not at all) [default: from the priors, 0.55, range 0.3–0.9]
    mixture
        Several models with the trust in each, as prior=0.6,wc=0.4, instead of one --model
    priors
        TOML file of what is assumed: exposure by followers, resharing, content, what engages and what sells
    cost
        What all creators together ask for the post, as 80M or 80000000 [default: the sum of their cheapest
        single offers, where the network has them]; gives CPM, and costs per person, engagement and
        acquisition
    pay_in
        The currency of the cost; without --cost, take offers in this currency alone
    all
        Instead of a set: the reach of every account, each with its own interval; -o writes them all
    top
        With --all: show the N of largest reach; 0 shows all [default: 20; with -o: all]
    only
        With --all: show only accounts that meet a condition: followers>=1000, tier=micro,macro,
        niche=beauty (repeatable)
    samples
        With --all: take this many samples, whatever the half-width
    max_samples
        With --all: never take more samples than this
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    force
        Replace the output file if it exists
    half_width
        Stop when the simulation error is at most this share of the reach; with --all, when half of the
        accounts of reach 10 and more are known so well [with --all: 0.05]
    """
    return call(
        'reach',
        network,
        [],
        {
            'define': ('many', define, None),
            'creators': ('list', creators, None),
            'by': ('text', by, None),
            'model': ('text', model, 'prior'),
            'rho': ('text', rho, None),
            'weight': ('text', weight, None),
            'authentic': ('text', authentic, None),
            'within': ('number', within, None),
            'delay': ('text', delay, None),
            'half-width-people': ('number', half_width_people, None),
            'worlds': ('integer', worlds, None),
            'max-worlds': ('integer', max_worlds, 1000000),
            'draws': ('integer', draws, 100),
            'next-posts': ('integer', next_posts, None),
            'content-sd': ('number', content_sd, None),
            'mixture': ('text', mixture, None),
            'priors': ('path', priors, None),
            'cost': ('text', cost, None),
            'pay-in': ('text', pay_in, None),
            'all': ('flag', all, False),
            'top': ('integer', top, None),
            'only': ('many', only, None),
            'samples': ('integer', samples, None),
            'max-samples': ('integer', max_samples, 268435456),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
            'force': ('flag', force, False),
            'half-width': ('number', half_width, 0.02),
        },
        seed, threads, memory, progress, small_cells, engine,
    )


def audit(
    network: NetworkLike,
    *,
    define: Values | None = None,
    creators: Values | None = None,
    only: Values | None = None,
    patterns: bool = False,
    accounts: bool = False,
    arrivals: bool = False,
    top: int = 20,
    without: Many[Literal['lockstep', 'burst', 'copies', 'block', 'signs', 'shape', 'trust']] | None = None,
    unseen: float = 0.002,
    labels_drawn: Literal['chosen', 'random'] = 'chosen',
    labels: Path | None = None,
    flags: str | float | None = None,
    draws: int = 400,
    level: float = 0.9,
    no_keep: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Find out what part of each audience is real people, by which evidence, and how sure that is.  Every
    account gets a chance of being a real person, kept beside the snapshot as the column authentic: from then on
    reach, analyze, select and the others count people by it (--authentic none turns that off). Evidence is a
    pattern consistent with followers that were bought; it is no proof, and each says what would change it.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    creators
        The creators: ids, or @FILE with one a line [default: all of the accounts table]
    only
        Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000
        (repeatable)
    patterns
        Show the groups of accounts behind the figures: what they share, what speaks for and against them,
        what would change the verdict
    accounts
        Show the followers that evidence speaks against, the least likely to be real first
    arrivals
        Show a creator's followers by the day they came, bursts marked
    top
        Show the N creators with most followers that are not real; 0 shows all
    without
        Leave these kinds of evidence out
    unseen
        Share of accounts that are taken for not real although they show no pattern (assumed; between 0 and
        five times that)
    labels_drawn
        How the labelled accounts were chosen: those drawn at random among all accounts calibrate the
        chances
    labels
        CSV file with the columns account and real (yes or no), a row for each account of which it is known
    flags
        Beside it, the shares by the hard flags of another tool: a column of the accounts table, 1 where it
        flagged an account as not real, 0 where not; corrected for how often it is wrong, by the labels
    draws
        Draws behind an interval
    level
        How often an interval shall hold the truth
    no_keep
        Do not keep the chances beside the snapshot
    force
        Replace the output file if it exists
    """
    return call(
        'audit',
        network,
        [],
        {
            'define': ('many', define, None),
            'creators': ('list', creators, None),
            'only': ('many', only, None),
            'patterns': ('flag', patterns, False),
            'accounts': ('flag', accounts, False),
            'arrivals': ('flag', arrivals, False),
            'top': ('integer', top, 20),
            'without': ('comma', without, None),
            'unseen': ('number', unseen, 0.002),
            'labels-drawn': ('text', labels_drawn, 'chosen'),
            'labels': ('path', labels, None),
            'flags': ('text', flags, None),
            'draws': ('integer', draws, 400),
            'level': ('number', level, 0.9),
            'no-keep': ('flag', no_keep, False),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def influence(
    network: NetworkLike,
    *,
    define: Values | None = None,
    creators: Values | None = None,
    only: Values | None = None,
    niche: str | float | None = None,
    model: str | float = 'prior',
    rho: str | float | None = None,
    weight: str | float | None = None,
    authentic: str | float | None = None,
    within: float | None = None,
    delay: str | float | None = None,
    half_width: float = 0.02,
    max_worlds: int = 65536,
    draws: int = 100,
    priors: Path | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Show the true influence of creators, people a post, and the way to it: followers, not authentic, not
    exposed, beyond followers, outside the niche. All steps add up, for each creator and for all of them together.
    Who is real is taken from truereach audit where that was run, else looked at now where follows have times.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    creators
        The creators: ids, or @FILE with one a line [default: all of the accounts table]
    only
        Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000
        (repeatable)
    niche
        Count people by how much they care about this niche, as niche learn found it (beauty); else
        everybody
    model
        Chances of exposure: prior, ic:P, wc, tv, edge or lt
    rho
        Chance of resharing once exposed: P, by tier (everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0), or
        column:NAME of the accounts table [default: prior: as truereach learn kept it, else (or with
        interactions) from shares in the data, else 0.01; other models: 1]
    weight
        Count people by this column of the accounts table, such as the chance that an account is a real
        person, or by a product of columns (authentic*beauty); by default everybody counts 1
    authentic
        Chance that each account is a real person, a column of the accounts table: accounts count and
        reshare by it [default: the column authentic, which audit keeps, if there is one; none: everybody is
        taken for real]
    within
        Count the people whom the post comes to within this many hours [default: whenever it comes]
    delay
        With --within: hours from one person to the next, exp:MEAN or lognormal:MEDIAN,SIGMA [default:
        lognormal:1,4.7, assumed]
    half_width
        Stop when the simulation error is at most this share of the reach
    max_worlds
        Never simulate more worlds than this for one creator
    draws
        Draws of assumed parameters for the interval (0: leave them out of it)
    priors
        TOML file of what the model prior assumes: exposure by followers, resharing
    force
        Replace the output file if it exists
    """
    return call(
        'influence',
        network,
        [],
        {
            'define': ('many', define, None),
            'creators': ('list', creators, None),
            'only': ('many', only, None),
            'niche': ('text', niche, None),
            'model': ('text', model, 'prior'),
            'rho': ('text', rho, None),
            'weight': ('text', weight, None),
            'authentic': ('text', authentic, None),
            'within': ('number', within, None),
            'delay': ('text', delay, None),
            'half-width': ('number', half_width, 0.02),
            'max-worlds': ('integer', max_worlds, 65536),
            'draws': ('integer', draws, 100),
            'priors': ('path', priors, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def select(
    network: NetworkLike,
    *,
    define: Values | None = None,
    creators: Values | None = None,
    only: Values | None = None,
    count: int | None = None,
    price: str | float | None = None,
    pay_in: str | float | None = None,
    at_most: Values | None = None,
    at_least: Values | None = None,
    model: str | float = 'prior',
    rho: str | float | None = None,
    weight: str | float | None = None,
    authentic: str | float | None = None,
    within: float | None = None,
    delay: str | float | None = None,
    people: Values | None = None,
    spread: bool = False,
    max_share: float | None = None,
    certify: float | None = None,
    tolerance: float = 0.002,
    samples: int | None = None,
    max_samples: int = 67108864,
    failure: float = 0.001,
    method: str | float = 'doubling',
    plain: bool = False,
    draws: int = 100,
    budget: str | float | None = None,
    must: Values | None = None,
    never: Values | None = None,
    exclusive: Values | None = None,
    beside: Values | None = None,
    after: Path | None = None,
    rivals: bool = False,
    frontier: int | None = None,
    robust: Values | None = None,
    max_risk: float | None = None,
    risk_aversion: float | None = None,
    risk_frontier: int | None = None,
    hazards: Path | None = None,
    hazard: float | None = None,
    brand: str | float | None = None,
    negativity: float = 1,
    negative_sharing: float = 1,
    communities: str | float | None = None,
    types: Values | None = None,
    sign_error: str | float | None = None,
    no_critics: bool = False,
    scenarios: int = 10000,
    alpha: float = 0.95,
    time_limit: float | None = None,
    priors: Path | None = None,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
    engine: Engine | None = None,
) -> Result:
    """Choose the creators who together reach most people, for a number of creators, a budget, or both; within
    limits, with a certificate of how much better any other choice could be.  Reach is exposure, not persuasion or
    sales; the certificate is about the model and these data, not about the campaign's outcome.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    creators
        The creators: ids, or @FILE with one a line [default: all of the accounts table]
    only
        Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000
        (repeatable)
    count
        At most so many creators
    price
        Take prices from this column of the accounts table [default: each creator's cheapest single offer,
        else the column price]
    pay_in
        Take offers in this currency alone
    at_most
        At most N creators of a group: tier=mega:2, platform=tiktok:5 (repeatable)
    at_least
        At least N creators of a group: niche=beauty:3 (repeatable)
    model
        Chances of exposure: prior, ic:P, wc, tv, edge or lt
    rho
        Chance of resharing once exposed: P, by tier (everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0), or
        column:NAME of the accounts table [default: prior: as truereach learn kept it, else (or with
        interactions) from shares in the data, else 0.01; other models: 1]
    weight
        Count people by this column of the accounts table, such as the chance that an account is a real
        person, or by a product of columns (authentic*beauty); by default everybody counts 1
    authentic
        Chance that each account is a real person, a column of the accounts table: accounts count and
        reshare by it [default: the column authentic, which audit keeps, if there is one; none: everybody is
        taken for real]
    within
        Count the people whom the post comes to within this many hours [default: whenever it comes]
    delay
        With --within: hours from one person to the next, exp:MEAN or lognormal:MEDIAN,SIGMA [default:
        lognormal:1,4.7, assumed]
    people
        Count people of these groups alone, each by its weight: niche=beauty:0.7,niche=food:0.3
    spread
        Count the creators themselves too, as papers on influence maximisation do (spread)
    max_share
        No creator brings more than this share of the people reached, each person shared by those who reach
        them
    certify
        Go on until the portfolio certainly reaches this share of what the best one does, such as 0.9
    tolerance
        Else stop when twice the samples reach at most this share more
    samples
        Choose on exactly so many samples: replays a run that was stopped
    max_samples
        Never take more samples than this
    failure
        Chance that the certificate does not hold
    method
        How to choose: doubling, or a reference that others are measured by, imm:EPSILON or celf:WORLDS
    plain
        The plan and its certificate alone, judged on as many people as it was chosen on: no exchange, no
        other budget, no cost of wishes
    draws
        Draws of assumed parameters for the interval (0: leave them out of it)
    budget
        At most so much money in all, as 800M, 1.2B or 800000000, in the currency of the prices
    must
        Creators in every portfolio: ids, or @FILE with one a line
    never
        Creators in none: ids, or @FILE with one a line
    exclusive
        Two creators who cannot both be signed: ID:ID (repeatable)
    beside
        Judge this portfolio too, on the same people: ids with commas, or @FILE with one a line (repeatable)
    after
        A post is out: who posted and what was seen since, as account,status (posted, shared, exposed,
        not_exposed, not_shared); chooses whom to sign next, for people not reached yet
    rivals
        Judge beside it, too, what simple rules would sign: most followers, PageRank, cheapest per follower,
        chance
    frontier
        Show N budgets (or numbers of creators) up to the one given, each with the reach it buys [default
        with the flag: 20]
    robust
        Show how the plan does under draws of what is assumed and under other models [default with the flag:
        prior,ic:0.01,wc,lt], beside what would be chosen there
    max_risk
        The worst scenarios cost at most so many people of the brand's audience (CVaR); needs --hazards or
        --hazard
    risk_aversion
        Give up this many people of reach for each person fewer whom the worst scenarios cost
    risk_frontier
        Show N plans on the way from most reach to least risk [default with the flag: 8]
    hazards
        TOML file of who may fall, how likely, and with whom: your scenario
    hazard
        Every creator falls with this chance over the campaign, each apart from all others: your scenario
    brand
        Whose opinion counts: the followers of this account [default: everybody who counts]
    negativity
        Times as likely to come to a follower as a positive post is (nu); a scenario of yours, not measured
    negative_sharing
        Times as likely to be reshared as a positive post is
    communities
        Communities that may take a creator differently: community, tier, or a column of the accounts table,
        such as niche [default: the kept column community, else found now, where interactions have signs]
    types
        Interaction types whose signs count [default: every type in which both signs occur]
    sign_error
        Chance that a positive sign is read positive, and that a negative one is read negative: corrects and
        widens
    no_critics
        Nobody knows of it but from the creator: critics in hostile communities do not pass it on
    scenarios
        Draw so many scenarios
    alpha
        Share of the scenarios that are not the worst
    time_limit
        Stop after so many seconds with the best so far; --samples repeats such a run
    priors
        TOML file of what the model prior assumes: exposure by followers, resharing
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    force
        Replace the output file if it exists
    """
    return call(
        'select',
        network,
        [],
        {
            'define': ('many', define, None),
            'creators': ('list', creators, None),
            'only': ('many', only, None),
            'count': ('integer', count, None),
            'price': ('text', price, None),
            'pay-in': ('text', pay_in, None),
            'at-most': ('many', at_most, None),
            'at-least': ('many', at_least, None),
            'model': ('text', model, 'prior'),
            'rho': ('text', rho, None),
            'weight': ('text', weight, None),
            'authentic': ('text', authentic, None),
            'within': ('number', within, None),
            'delay': ('text', delay, None),
            'people': ('comma', people, None),
            'spread': ('flag', spread, False),
            'max-share': ('number', max_share, None),
            'certify': ('number', certify, None),
            'tolerance': ('number', tolerance, 0.002),
            'samples': ('integer', samples, None),
            'max-samples': ('integer', max_samples, 67108864),
            'failure': ('number', failure, 0.001),
            'method': ('text', method, 'doubling'),
            'plain': ('flag', plain, False),
            'draws': ('integer', draws, 100),
            'budget': ('text', budget, None),
            'must': ('list', must, None),
            'never': ('list', never, None),
            'exclusive': ('comma', exclusive, None),
            'beside': ('many', beside, None),
            'after': ('path', after, None),
            'rivals': ('flag', rivals, False),
            'frontier': ('integer', frontier, None),
            'robust': ('comma', robust, None),
            'max-risk': ('number', max_risk, None),
            'risk-aversion': ('number', risk_aversion, None),
            'risk-frontier': ('integer', risk_frontier, None),
            'hazards': ('path', hazards, None),
            'hazard': ('number', hazard, None),
            'brand': ('text', brand, None),
            'negativity': ('number', negativity, 1),
            'negative-sharing': ('number', negative_sharing, 1),
            'communities': ('text', communities, None),
            'types': ('comma', types, None),
            'sign-error': ('text', sign_error, None),
            'no-critics': ('flag', no_critics, False),
            'scenarios': ('integer', scenarios, 10000),
            'alpha': ('number', alpha, 0.95),
            'time-limit': ('number', time_limit, None),
            'priors': ('path', priors, None),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells, engine,
    )


def risk(
    network: NetworkLike,
    *,
    define: Values | None = None,
    creators: Values | None = None,
    only: Values | None = None,
    show: Literal['creators', 'communities', 'indicators', 'hops', 'hours', 'post'] = 'creators',
    brand: str | float | None = None,
    negativity: float = 1,
    negative_sharing: float = 1,
    communities: str | float | None = None,
    types: Values | None = None,
    sign_error: str | float | None = None,
    no_critics: bool = False,
    evidence: float = 5,
    hubs: int = 10,
    worlds: int = 256,
    draws: int = 40,
    quality: float = 0.95,
    hazards: Path | None = None,
    hazard: float | None = None,
    scenarios: int = 10000,
    alpha: float = 0.95,
    value: float | None = None,
    pay_in: str | float | None = None,
    no_replacement: bool = False,
    plots: Path | None = None,
    people: Values | None = None,
    model: str | float = 'prior',
    rho: str | float | None = None,
    weight: str | float | None = None,
    authentic: str | float | None = None,
    within: float | None = None,
    delay: str | float | None = None,
    priors: Path | None = None,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Show what it would cost a brand if a creator fell: who of its audience would turn, through whom, and how
    fast; the worst single failure and who could step in; and, under chances that you give, how bad the worst
    scenarios are.  Nothing here says how likely a scandal is, or what happens by itself: every figure holds if it
    happens. No text is read: signs of interactions, negativity and chances are yours.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    creators
        The creators: ids, or @FILE with one a line [default: all of the accounts table]
    only
        Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000
        (repeatable)
    show
        What to show: creators (a row each), communities (a row a creator and community), indicators (how a
        creator divides people), hops, hours, post (who would take an ordinary post for good, and who not)
    brand
        Whose opinion counts: the followers of this account [default: everybody who counts]
    negativity
        Times as likely to come to a follower as a positive post is (nu); a scenario of yours, not measured
    negative_sharing
        Times as likely to be reshared as a positive post is
    communities
        Communities that may take a creator differently: community, tier, or a column of the accounts table,
        such as niche [default: the kept column community, else found now, where interactions have signs]
    types
        Interaction types whose signs count [default: every type in which both signs occur]
    sign_error
        Chance that a positive sign is read positive, and that a negative one is read negative: corrects and
        widens
    no_critics
        Nobody knows of it but from the creator: critics in hostile communities do not pass it on
    evidence
        People of a group that have to be for or against a creator before the group is named
    hubs
        Accounts with most neighbours of each side at which walks end
    worlds
        Simulate so many worlds for each creator's fall
    draws
        Draws of what is assumed and of resonance, for the intervals (0: leave them out of it)
    quality
        With --show post: chance that somebody who hears something positive takes it as positive
    hazards
        TOML file of who may fall, how likely, and with whom: your scenario
    hazard
        Every creator falls with this chance over the campaign, each apart from all others: your scenario
    scenarios
        Draw so many scenarios
    alpha
        Share of the scenarios that are not the worst
    value
        What one person turned costs the brand: losses in money too
    pay_in
        The currency of --value
    no_replacement
        Do not look for somebody to replace the worst single failure
    plots
        Write pictures to this folder: resonance.svg, loss.svg
    people
        Count people of these groups alone, each by its weight: niche=beauty:0.7,niche=food:0.3
    model
        Chances of exposure: prior, ic:P, wc, tv, edge or lt
    rho
        Chance of resharing once exposed: P, by tier (everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0), or
        column:NAME of the accounts table [default: prior: as truereach learn kept it, else (or with
        interactions) from shares in the data, else 0.01; other models: 1]
    weight
        Count people by this column of the accounts table, such as the chance that an account is a real
        person, or by a product of columns (authentic*beauty); by default everybody counts 1
    authentic
        Chance that each account is a real person, a column of the accounts table: accounts count and
        reshare by it [default: the column authentic, which audit keeps, if there is one; none: everybody is
        taken for real]
    within
        Count the people whom the post comes to within this many hours [default: whenever it comes]
    delay
        With --within: hours from one person to the next, exp:MEAN or lognormal:MEDIAN,SIGMA [default:
        lognormal:1,4.7, assumed]
    priors
        TOML file of what the model prior assumes: exposure by followers, resharing
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    force
        Replace the output file if it exists
    """
    return call(
        'risk',
        network,
        [],
        {
            'define': ('many', define, None),
            'creators': ('list', creators, None),
            'only': ('many', only, None),
            'show': ('text', show, 'creators'),
            'brand': ('text', brand, None),
            'negativity': ('number', negativity, 1),
            'negative-sharing': ('number', negative_sharing, 1),
            'communities': ('text', communities, None),
            'types': ('comma', types, None),
            'sign-error': ('text', sign_error, None),
            'no-critics': ('flag', no_critics, False),
            'evidence': ('number', evidence, 5),
            'hubs': ('integer', hubs, 10),
            'worlds': ('integer', worlds, 256),
            'draws': ('integer', draws, 40),
            'quality': ('number', quality, 0.95),
            'hazards': ('path', hazards, None),
            'hazard': ('number', hazard, None),
            'scenarios': ('integer', scenarios, 10000),
            'alpha': ('number', alpha, 0.95),
            'value': ('number', value, None),
            'pay-in': ('text', pay_in, None),
            'no-replacement': ('flag', no_replacement, False),
            'plots': ('path', plots, None),
            'people': ('comma', people, None),
            'model': ('text', model, 'prior'),
            'rho': ('text', rho, None),
            'weight': ('text', weight, None),
            'authentic': ('text', authentic, None),
            'within': ('number', within, None),
            'delay': ('text', delay, None),
            'priors': ('path', priors, None),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def contain(
    network: NetworkLike,
    *,
    fallen: str | float,
    define: Values | None = None,
    creators: Values | None = None,
    only: Values | None = None,
    show: Literal['voices', 'delays'] = 'voices',
    voices: int = 5,
    speak_after: float = 6,
    curve: Values = '0,1,3,6,12,24,48',
    worlds: int = 200,
    roots: int = 512,
    judged: int = 400,
    brand: str | float | None = None,
    negativity: float = 1,
    negative_sharing: float = 1,
    communities: str | float | None = None,
    types: Values | None = None,
    sign_error: str | float | None = None,
    no_critics: bool = False,
    plots: Path | None = None,
    people: Values | None = None,
    model: str | float = 'prior',
    rho: str | float | None = None,
    weight: str | float | None = None,
    authentic: str | float | None = None,
    within: float | None = None,
    delay: str | float | None = None,
    priors: Path | None = None,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Choose voices that keep people from turning against a creator who fell, if they speak the truth after
    some hours: whom to ask, how many are enough, and what each hour of delay costs.  People believe what they hear
    first. Every figure holds if the scandal happens; nothing here says whether it will.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    fallen
        Who fell
    creators
        The creators: ids, or @FILE with one a line [default: all of the accounts table]
    only
        Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000
        (repeatable)
    show
        What to show: voices (a row each), delays (a row for each number of hours until they speak)
    voices
        How many voices
    speak_after
        Hours after the scandal until they speak
    curve
        Other such hours, to show as a curve
    worlds
        Choose the voices in so many worlds
    roots
        Look at so many people at most in each of them, and a quarter as many for shorter delays of the
        curve
    judged
        Take the figures from so many worlds more
    brand
        Whose opinion counts: the followers of this account [default: everybody who counts]
    negativity
        Times as likely to come to a follower as a positive post is (nu); a scenario of yours, not measured
    negative_sharing
        Times as likely to be reshared as a positive post is
    communities
        Communities that may take a creator differently: community, tier, or a column of the accounts table,
        such as niche [default: the kept column community, else found now, where interactions have signs]
    types
        Interaction types whose signs count [default: every type in which both signs occur]
    sign_error
        Chance that a positive sign is read positive, and that a negative one is read negative: corrects and
        widens
    no_critics
        Nobody knows of it but from the creator: critics in hostile communities do not pass it on
    plots
        Write the picture containment.svg to this folder
    people
        Count people of these groups alone, each by its weight: niche=beauty:0.7,niche=food:0.3
    model
        Chances of exposure: prior, ic:P, wc, tv, edge or lt
    rho
        Chance of resharing once exposed: P, by tier (everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0), or
        column:NAME of the accounts table [default: prior: as truereach learn kept it, else (or with
        interactions) from shares in the data, else 0.01; other models: 1]
    weight
        Count people by this column of the accounts table, such as the chance that an account is a real
        person, or by a product of columns (authentic*beauty); by default everybody counts 1
    authentic
        Chance that each account is a real person, a column of the accounts table: accounts count and
        reshare by it [default: the column authentic, which audit keeps, if there is one; none: everybody is
        taken for real]
    within
        Count the people whom the post comes to within this many hours [default: whenever it comes]
    delay
        With --within: hours from one person to the next, exp:MEAN or lognormal:MEDIAN,SIGMA [default:
        lognormal:1,4.7, assumed]
    priors
        TOML file of what the model prior assumes: exposure by followers, resharing
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    force
        Replace the output file if it exists
    """
    return call(
        'contain',
        network,
        [],
        {
            'define': ('many', define, None),
            'fallen': ('text', fallen, None),
            'creators': ('list', creators, None),
            'only': ('many', only, None),
            'show': ('text', show, 'voices'),
            'voices': ('integer', voices, 5),
            'speak-after': ('number', speak_after, 6),
            'curve': ('comma', curve, '0,1,3,6,12,24,48'),
            'worlds': ('integer', worlds, 200),
            'roots': ('integer', roots, 512),
            'judged': ('integer', judged, 400),
            'brand': ('text', brand, None),
            'negativity': ('number', negativity, 1),
            'negative-sharing': ('number', negative_sharing, 1),
            'communities': ('text', communities, None),
            'types': ('comma', types, None),
            'sign-error': ('text', sign_error, None),
            'no-critics': ('flag', no_critics, False),
            'plots': ('path', plots, None),
            'people': ('comma', people, None),
            'model': ('text', model, 'prior'),
            'rho': ('text', rho, None),
            'weight': ('text', weight, None),
            'authentic': ('text', authentic, None),
            'within': ('number', within, None),
            'delay': ('text', delay, None),
            'priors': ('path', priors, None),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def overlap(
    network: NetworkLike,
    *,
    define: Values | None = None,
    creators: Values | None = None,
    only: Values | None = None,
    population: float | None = None,
    pairs: bool = False,
    weight: str | float | None = None,
    engaged: float | None = None,
    accounts_are_people: bool = False,
    plan_sample: float | None = None,
    pick: int | None = None,
    sets: int | None = None,
    frequency: bool = False,
    curve: bool = False,
    top: int = 20,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
    engine: Engine | None = None,
) -> Result:
    """Count how many different people follow a set of creators, and who follows several of them.  Full follower
    lists are counted. Lists cut at random give estimates once followers were looked up, limits before. Lists of the
    newest followers, of engagers or of unknown origin give limits alone. Audiences of different platforms are
    joined only through links. Who follows exactly whom, how often people are met, weights and engagement need full
    lists. Whom posts reach, instead of who follows: truereach reach --by creator.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    creators
        The creators: ids, or @FILE with one a line [default: all of the accounts table]
    only
        Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000
        (repeatable)
    population
        People there are (the market's population): gives lift, and raises lower limits [default: all
        accounts of a whole graph]
    pairs
        What each two creators share, instead of the portfolio's figures
    weight
        Count people by this number of the accounts table instead of 1 each: how likely they are real, how
        much they care for a niche, or a product of them (authentic*beauty)
    engaged
        Count only followers who interacted with the creator in the DAYS before the latest interaction
    accounts_are_people
        Take accounts for people: whoever follows creators of several platforms has one account here
    plan_sample
        Plan how many followers to look up for ±PERCENT on the union, 5 unless said (--plan-sample=3); -o
        takes the file of questions to fill in
    pick
        Choose the N creators whose union is largest; samples are chosen on one half and judged on the other
    sets
        Who follows exactly whom: the N largest sets, 20 unless said (0: all)
    frequency
        How many people follow at least one, two, three … of the creators
    curve
        How the audience grows, creator by creator: each adds most people to those before, or most for the
        money where all have a price
    top
        Of the pairs, show the N that share most; 0 shows all
    """
    return call(
        'overlap',
        network,
        [],
        {
            'define': ('many', define, None),
            'creators': ('list', creators, None),
            'only': ('many', only, None),
            'population': ('number', population, None),
            'pairs': ('flag', pairs, False),
            'weight': ('text', weight, None),
            'engaged': ('number', engaged, None),
            'accounts-are-people': ('flag', accounts_are_people, False),
            'plan-sample': ('number', plan_sample, None),
            'pick': ('integer', pick, None),
            'sets': ('integer', sets, None),
            'frequency': ('flag', frequency, False),
            'curve': ('flag', curve, False),
            'top': ('integer', top, 20),
        },
        seed, threads, memory, progress, small_cells, engine,
    )


def similar(
    network: NetworkLike,
    *,
    define: Values | None = None,
    creators: Values | None = None,
    only: Values | None = None,
    of: Values | None = None,
    by: Literal['jaccard', 'containment', 'common', 'lift'] = 'jaccard',
    top: int = 5,
    at_least: float = 0,
    common: int = 1,
    method: str | float = 'exact',
    population: float | None = None,
    accounts_are_people: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Find creators whose audiences are alike: of each creator those who share most of it.  All pairs are
    looked at, however many creators there are; what that needs of memory is checked first. Lists must be full; of
    cut lists `truereach overlap --pairs` says what can be said.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    creators
        The creators: ids, or @FILE with one a line [default: all of the accounts table]
    only
        Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000
        (repeatable)
    of
        Only the rows of these creators: ids, or @FILE with one a line
    by
        How alike two audiences are
    top
        Of each creator the N most similar; 0: every pair, once
    at_least
        Only pairs that are at least so much alike, by the measure
    common
        Only pairs with at least so many common people (of a sketch: estimated)
    method
        exact, or sketch:PEOPLE: from so many people of each audience
    population
        People there are (the market's population), for lift [default: all accounts of a whole graph]
    accounts_are_people
        Take accounts for people: whoever follows creators of several platforms has one account here
    """
    return call(
        'similar',
        network,
        [],
        {
            'define': ('many', define, None),
            'creators': ('list', creators, None),
            'only': ('many', only, None),
            'of': ('list', of, None),
            'by': ('text', by, 'jaccard'),
            'top': ('integer', top, 5),
            'at-least': ('number', at_least, 0),
            'common': ('integer', common, 1),
            'method': ('text', method, 'exact'),
            'population': ('number', population, None),
            'accounts-are-people': ('flag', accounts_are_people, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def niche_learn(
    network: NetworkLike,
    *,
    define: Values | None = None,
    label: str | float = 'niche',
    steps: int = 12,
    seeds: Path | None = None,
    no_keep: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Learn how much every account cares about each niche from those that are labelled, and keep it beside the
    snapshot.  Affinities become columns of the accounts, niche:beauty and so on, that every verb can weigh and
    filter by: --weight niche:beauty, --only niche:beauty>=0.5. What held-out labels say of them is printed.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    label
        Column of the accounts table that says who is of which niche; several are separated by |
    steps
        Steps after which walks end
    seeds
        CSV file with the columns account and niche, a row each, instead of a column of the accounts table
    no_keep
        Do not keep them beside the snapshot
    force
        Replace the output file if it exists
    """
    return call(
        'niche learn',
        network,
        [],
        {
            'define': ('many', define, None),
            'label': ('text', label, 'niche'),
            'steps': ('integer', steps, 12),
            'seeds': ('path', seeds, None),
            'no-keep': ('flag', no_keep, False),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def niche_experts(
    network: NetworkLike,
    target: str | float,
    *,
    define: Values | None = None,
    creators: Values | None = None,
    only: Values | None = None,
    label: str | float = 'niche',
    steps: int = 12,
    seeds: Path | None = None,
    weight: str | float | None = None,
    top: int = 10,
    contrast: int = 3,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Find the creators whose audience cares for a niche, or belongs to a set of people, more than everybody
    does.  An expert is whose index (100: as everybody) is above 100 with its whole 95% interval; they are ranked by
    the people of the niche that one post reaches directly. The most followed of the others stand below, for
    contrast.

    Parameters
    ----------
    target
        A niche, or a set of people such as "follow anh and not follow bao"
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    creators
        The creators: ids, or @FILE with one a line [default: all of the accounts table]
    only
        Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000
        (repeatable)
    label
        Column of the accounts table that says who is of which niche; several are separated by |
    steps
        Steps after which walks end
    seeds
        CSV file with the columns account and niche, a row each, instead of a column of the accounts table
    weight
        Count people by this column of the accounts table, such as how likely they are real
    top
        Show the N best; 0 shows all
    contrast
        Show so many of the most followed others for contrast
    force
        Replace the output file if it exists
    """
    return call(
        'niche experts',
        network,
        [target],
        {
            'define': ('many', define, None),
            'creators': ('list', creators, None),
            'only': ('many', only, None),
            'label': ('text', label, 'niche'),
            'steps': ('integer', steps, 12),
            'seeds': ('path', seeds, None),
            'weight': ('text', weight, None),
            'top': ('integer', top, 10),
            'contrast': ('integer', contrast, 3),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def niche_creators(
    network: NetworkLike,
    *,
    define: Values | None = None,
    creators: Values | None = None,
    only: Values | None = None,
    label: str | float = 'niche',
    steps: int = 12,
    seeds: Path | None = None,
    weight: str | float | None = None,
    top: int = 3,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Show what the audiences of creators care for: the niches that stand out, how far, and how specialised the
    audience is

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    creators
        The creators: ids, or @FILE with one a line [default: all of the accounts table]
    only
        Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000
        (repeatable)
    label
        Column of the accounts table that says who is of which niche; several are separated by |
    steps
        Steps after which walks end
    seeds
        CSV file with the columns account and niche, a row each, instead of a column of the accounts table
    weight
        Count people by this column of the accounts table, such as how likely they are real
    top
        Show the N niches of each that stand out most; 0 shows all
    force
        Replace the output file if it exists
    """
    return call(
        'niche creators',
        network,
        [],
        {
            'define': ('many', define, None),
            'creators': ('list', creators, None),
            'only': ('many', only, None),
            'label': ('text', label, 'niche'),
            'steps': ('integer', steps, 12),
            'seeds': ('path', seeds, None),
            'weight': ('text', weight, None),
            'top': ('integer', top, 3),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def sketch_make(
    network: NetworkLike,
    *,
    output: Path,
    define: Values | None = None,
    creators: Values | None = None,
    only: Values | None = None,
    keep: int = 4096,
    as_listed: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Make sketches of the audiences of creators

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    creators
        The creators: ids, or @FILE with one a line [default: all of the accounts table]
    only
        Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000
        (repeatable)
    keep
        People kept of each audience
    as_listed
        Take whoever is listed for the audience, where lists are not full: engagers, newest followers,
        samples
    output
        The file of sketches
    force
        Replace it if it exists
    """
    return call(
        'sketch make',
        network,
        [],
        {
            'define': ('many', define, None),
            'creators': ('list', creators, None),
            'only': ('many', only, None),
            'keep': ('integer', keep, 4096),
            'as-listed': ('flag', as_listed, False),
            'output': ('path', output, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def sketch_merge(
    files: Many[Path] | None,
    *,
    output: Path,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """One file of sketches from several

    Parameters
    ----------
    files
        Files that sketch make or sketch merge wrote
    output
        The file of sketches
    force
        Replace it if it exists
    """
    return call(
        'sketch merge',
        None,
        [files],
        {
            'output': ('path', output, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def sketch_similar(
    files: Many[Path] | None,
    *,
    of: Values | None = None,
    top: int = 5,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Who else has this audience, from sketches

    Parameters
    ----------
    files
        Files that sketch make or sketch merge wrote; several are merged
    of
        Only the rows of these creators
    top
        Of each creator the N most similar; 0 shows all
    force
        Replace the output file if it exists
    """
    return call(
        'sketch similar',
        None,
        [files],
        {
            'of': ('comma', of, None),
            'top': ('integer', top, 5),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def pagerank(
    network: NetworkLike,
    *,
    damping: float = 0.85,
    stop: Literal['guaranteed', 'change'] = 'guaranteed',
    tolerance: float = 1e-9,
    max_iterations: int = 1000,
    dangling: Literal['teleport', 'uniform', 'personal', 'self-loop', 'drop'] = 'teleport',
    personal: Values | None = None,
    dangling_to: Values | None = None,
    define: Values | None = None,
    top: int = 20,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
    engine: Engine | None = None,
) -> Result:
    """Followed by those who are followed (Page et al. 1999); score passes from follower to followed

    Parameters
    ----------
    damping
        Share of its score an account passes on along its follows, from 0 to below 1
    stop
        When to stop: at a proven error, or at a small change
    tolerance
        Error or change, summed over all accounts, at which to stop
    max_iterations
        Iterations after which to stop in any case
    dangling
        Where the score of accounts that follow nobody goes
    personal
        Restart at these accounts instead of everywhere, as anh=1,bao=2
    dangling_to
        Where the score of accounts that follow nobody goes, under --dangling personal
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    top
        Show the N highest; 0 shows all
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    """
    return call(
        'rank pagerank',
        network,
        [],
        {
            'damping': ('number', damping, 0.85),
            'stop': ('text', stop, 'guaranteed'),
            'tolerance': ('number', tolerance, 1e-9),
            'max-iterations': ('integer', max_iterations, 1000),
            'dangling': ('text', dangling, 'teleport'),
            'personal': ('comma', personal, None),
            'dangling-to': ('comma', dangling_to, None),
            'define': ('many', define, None),
            'top': ('integer', top, 20),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
        },
        seed, threads, memory, progress, small_cells, engine,
    )


def personal(
    network: NetworkLike,
    *,
    from_: Values | None,
    damping: float = 0.85,
    stop: Literal['guaranteed', 'change'] = 'guaranteed',
    tolerance: float = 1e-9,
    max_iterations: int = 1000,
    dangling: Literal['teleport', 'uniform', 'personal', 'self-loop', 'drop'] = 'teleport',
    define: Values | None = None,
    top: int = 20,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """PageRank from each of several accounts: whom those lead to whom they follow, one ranking an account

    Parameters
    ----------
    damping
        Share of its score an account passes on along its follows, from 0 to below 1
    stop
        When to stop: at a proven error, or at a small change
    tolerance
        Error or change, summed over all accounts, at which to stop
    max_iterations
        Iterations after which to stop in any case
    dangling
        Where the score of accounts that follow nobody goes
    from_
        Rank from each of these accounts, as anh,bao
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    top
        Show the N highest; 0 shows all
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    """
    return call(
        'rank personal',
        network,
        [],
        {
            'damping': ('number', damping, 0.85),
            'stop': ('text', stop, 'guaranteed'),
            'tolerance': ('number', tolerance, 1e-9),
            'max-iterations': ('integer', max_iterations, 1000),
            'dangling': ('text', dangling, 'teleport'),
            'from': ('comma', from_, None),
            'define': ('many', define, None),
            'top': ('integer', top, 20),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def tunkrank(
    network: NetworkLike,
    *,
    model: str | float = 'prior',
    rho: str | float | None = None,
    weight: str | float | None = None,
    authentic: str | float | None = None,
    within: float | None = None,
    delay: str | float | None = None,
    tolerance: float = 0.000000001,
    method: Literal['classes', 'sweeps'] = 'classes',
    max_sweeps: int = 20000,
    priors: Path | None = None,
    define: Values | None = None,
    top: int = 20,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
    engine: Engine | None = None,
) -> Result:
    """Expected exposures to one post, repeats counted: an upper bound of reach

    Parameters
    ----------
    model
        Chances of exposure: prior, ic:P, wc, tv, edge or lt
    rho
        Chance of resharing once exposed: P, by tier (everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0), or
        column:NAME of the accounts table [default: prior: as truereach learn kept it, else (or with
        interactions) from shares in the data, else 0.01; other models: 1]
    weight
        Count people by this column of the accounts table, such as the chance that an account is a real
        person, or by a product of columns (authentic*beauty); by default everybody counts 1
    authentic
        Chance that each account is a real person, a column of the accounts table: accounts count and
        reshare by it [default: the column authentic, which audit keeps, if there is one; none: everybody is
        taken for real]
    within
        Count the people whom the post comes to within this many hours [default: whenever it comes]
    delay
        With --within: hours from one person to the next, exp:MEAN or lognormal:MEDIAN,SIGMA [default:
        lognormal:1,4.7, assumed]
    tolerance
        Largest relative error of a value
    method
        How it is solved: class by class, or sweeps over everybody, which a network cut over several
        machines can do
    max_sweeps
        Sweeps before giving up: over a class, or over everybody
    priors
        TOML file of what the model prior assumes
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    top
        Show the N highest; 0 shows all
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    force
        Replace the output file if it exists
    """
    return call(
        'rank tunkrank',
        network,
        [],
        {
            'model': ('text', model, 'prior'),
            'rho': ('text', rho, None),
            'weight': ('text', weight, None),
            'authentic': ('text', authentic, None),
            'within': ('number', within, None),
            'delay': ('text', delay, None),
            'tolerance': ('number', tolerance, 0.000000001),
            'method': ('text', method, 'classes'),
            'max-sweeps': ('integer', max_sweeps, 20000),
            'priors': ('path', priors, None),
            'define': ('many', define, None),
            'top': ('integer', top, 20),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells, engine,
    )


def core(
    network: NetworkLike,
    *,
    define: Values | None = None,
    top: int = 20,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Core numbers: how deep in the densely tied part an account sits

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    top
        Show the N highest; 0 shows all
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    """
    return call(
        'rank core',
        network,
        [],
        {
            'define': ('many', define, None),
            'top': ('integer', top, 20),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def components(
    network: NetworkLike,
    *,
    connectivity: Literal['weak', 'strong'] = 'weak',
    define: Values | None = None,
    top: int = 20,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
    engine: Engine | None = None,
) -> Result:
    """Components: which accounts hang together

    Parameters
    ----------
    connectivity
        What makes two accounts hang together: follows either way, or chains both ways
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    top
        Show the N highest; 0 shows all
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    """
    return call(
        'rank components',
        network,
        [],
        {
            'connectivity': ('text', connectivity, 'weak'),
            'define': ('many', define, None),
            'top': ('integer', top, 20),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
        },
        seed, threads, memory, progress, small_cells, engine,
    )


def triangles(
    network: NetworkLike,
    *,
    directed: bool = False,
    define: Values | None = None,
    top: int = 20,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Triangles: how many of an account's neighbours are neighbours of one another

    Parameters
    ----------
    directed
        Count follows between neighbours, not ties: two that follow each other count twice (LDBC
        Graphalytics)
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    top
        Show the N highest; 0 shows all
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    """
    return call(
        'rank triangles',
        network,
        [],
        {
            'directed': ('flag', directed, False),
            'define': ('many', define, None),
            'top': ('integer', top, 20),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def harmonic(
    network: NetworkLike,
    *,
    log2m: int = 8,
    direction: Literal['followers', 'following'] = 'followers',
    max_hops: int | None = None,
    define: Values | None = None,
    top: int = 20,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Harmonic centrality: how near an account is to all others, about

    Parameters
    ----------
    log2m
        Registers per account, as a power of 2 from 4 to 16; the relative standard error is 1.04/√(2^N)
    direction
        Which way hops go: to those who hear the account, or to those it hears
    max_hops
        Hops after which to stop [default: when nothing changes]
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    top
        Show the N highest; 0 shows all
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    """
    return call(
        'rank harmonic',
        network,
        [],
        {
            'log2m': ('integer', log2m, 8),
            'direction': ('text', direction, 'followers'),
            'max-hops': ('integer', max_hops, None),
            'define': ('many', define, None),
            'top': ('integer', top, 20),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def betweenness(
    network: NetworkLike,
    *,
    samples: int | None = None,
    exact: bool = False,
    define: Values | None = None,
    top: int = 20,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Betweenness: between how many pairs of others an account stands on the shortest way; counted, or with its
    interval

    Parameters
    ----------
    samples
        Draw N shortest paths instead of counting all; without it all are counted where accounts × follows
        is at most 10,000,000,000, and 200,000 drawn elsewhere
    exact
        Count all shortest paths, however long that takes
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    top
        Show the N highest; 0 shows all
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    """
    return call(
        'rank betweenness',
        network,
        [],
        {
            'samples': ('integer', samples, None),
            'exact': ('flag', exact, False),
            'define': ('many', define, None),
            'top': ('integer', top, 20),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def distances(
    network: NetworkLike,
    *,
    log2m: int = 8,
    direction: Literal['followers', 'following'] = 'followers',
    max_hops: int | None = None,
    define: Values | None = None,
    top: int = 20,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Distances: how many pairs of accounts are within 1, 2, 3, … hops, about

    Parameters
    ----------
    log2m
        Registers per account, as a power of 2 from 4 to 16; the relative standard error is 1.04/√(2^N)
    direction
        Which way hops go: to those who hear the account, or to those it hears
    max_hops
        Hops after which to stop [default: when nothing changes]
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    top
        Show the N highest; 0 shows all
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    """
    return call(
        'rank distances',
        network,
        [],
        {
            'log2m': ('integer', log2m, 8),
            'direction': ('text', direction, 'followers'),
            'max-hops': ('integer', max_hops, None),
            'define': ('many', define, None),
            'top': ('integer', top, 20),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def communities(
    network: NetworkLike,
    *,
    define: Values | None = None,
    method: Literal['leiden', 'louvain', 'labels', 'cdlp'] = 'leiden',
    iterations: int | None = None,
    quality: Literal['modularity', 'cpm'] = 'modularity',
    resolution: float = 1,
    undirected: bool = False,
    effort: Literal['full', 'fast'] = 'full',
    runs: int = 1,
    randomness: float = 0.01,
    start: Path | None = None,
    consensus: float | None = None,
    traits: bool = False,
    label_values: int = 100,
    label_accounts: int = 5,
    top: int = 20,
    members: Path | None = None,
    keep: bool = False,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
    engine: Engine | None = None,
) -> Result:
    """Find communities, print the largest, and write who belongs where.  Communities are connected, their ids
    are stable (the largest is 0), and equal seeds give equal bytes.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    method
        How they are found
    iterations
        The most rounds over all accounts; it ends earlier once nothing changes [default: 100, of cdlp 10]
    quality
        What to maximise
    resolution
        Higher values ask for smaller communities; for cpm, the density inside that a community must exceed
    undirected
        Ignore the direction of follows
    effort
        How far each iteration goes
    runs
        Independent runs, of which the best counts
    randomness
        How freely refinement chooses among gains, in units of the mean weight of a tie; 0 always takes the
        best
    start
        Start from an earlier partition, a file that --members wrote; communities that go on keep their
        numbers
    consensus
        Keep together who is together in this share of --runs along ties, instead of the best of the runs
    traits
        Show instead what stands out in each: values of the accounts table that its members have more often
        than all accounts
    label_values
        A column of texts with more different values names accounts; it does not describe them
    label_accounts
        Nor does one with fewer accounts a value, on the average
    top
        Show the N largest; 0 shows all
    members
        Write account and community, a row an account, to this CSV file
    keep
        Keep them beside the snapshot as the column community, for every verb: --only community=3
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    force
        Replace the output file if it exists
    """
    return call(
        'communities',
        network,
        [],
        {
            'define': ('many', define, None),
            'method': ('text', method, 'leiden'),
            'iterations': ('integer', iterations, None),
            'quality': ('text', quality, 'modularity'),
            'resolution': ('number', resolution, 1),
            'undirected': ('flag', undirected, False),
            'effort': ('text', effort, 'full'),
            'runs': ('integer', runs, 1),
            'randomness': ('number', randomness, 0.01),
            'start': ('path', start, None),
            'consensus': ('number', consensus, None),
            'traits': ('flag', traits, False),
            'label-values': ('integer', label_values, 100),
            'label-accounts': ('integer', label_accounts, 5),
            'top': ('integer', top, 20),
            'members': ('path', members, None),
            'keep': ('flag', keep, False),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells, engine,
    )


def learn(
    network: NetworkLike,
    *,
    define: Values | None = None,
    log: Many[Path] | None = None,
    log_format: Literal['rows', 'seed-times', 'pairs', 'retweets'] | None = None,
    log_actor: str | float | None = None,
    log_item: str | float | None = None,
    log_time: str | float | None = None,
    log_target: str | float | None = None,
    log_type: str | float | None = None,
    log_passing: Values | None = None,
    time_unit: Literal['s', 'ms', 'us', 'min', 'h', 'd'] | None = None,
    gap: str | float | None = None,
    horizon: float | None = None,
    window: float | None = None,
    by: Literal['kind', 'estimator', 'account'] = 'kind',
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    no_keep: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Learn from a log of who shared what, and when, how likely a follow carries: by kind of follow, with what
    comes from outside.  A log shows sharing alone: the chance that somebody shares once exposed rests on the
    exposure assumed. What was learned is kept beside the snapshot, and reach, analyze and select use it from then
    on. It is about who shares after whom, not about why.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    log
        Files that say who acted on which item, and when [default: the network's own shares]
    log_format
        How logs are written [default: found out from their content]
    log_actor
        Column (name, or number from 1) of who acted
    log_item
        Column of the item (post) acted on
    log_time
        Column of the time
    log_target
        Column of whose post was acted on
    log_type
        Column of the row's type
    log_passing
        Types of rows that pass a post on [default: share, retweet (RT), repost, reshare]
    time_unit
        What a number in the log's times counts: ms, s, min, h, d [default: told from its size where times
        are since 1970]
    gap
        Without items: retweets of one account no further apart than this are one cascade (30min, 1h, 2d)
        [default: 1h]
    horizon
        Count who acts within so many hours of the first [default: all]
    window
        Put an act down to earlier ones within so many hours alone [default: all]
    by
        What the rows are: kinds of follows, estimators by their score on cascades that none of them saw, or
        accounts
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    no_keep
        Do not keep it beside the snapshot
    force
        Replace the output file if it exists
    """
    return call(
        'learn',
        network,
        [],
        {
            'define': ('many', define, None),
            'log': ('many', log, None),
            'log-format': ('text', log_format, None),
            'log-actor': ('text', log_actor, None),
            'log-item': ('text', log_item, None),
            'log-time': ('text', log_time, None),
            'log-target': ('text', log_target, None),
            'log-type': ('text', log_type, None),
            'log-passing': ('comma', log_passing, None),
            'time-unit': ('text', time_unit, None),
            'gap': ('text', gap, None),
            'horizon': ('number', horizon, None),
            'window': ('number', window, None),
            'by': ('text', by, 'kind'),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
            'no-keep': ('flag', no_keep, False),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def backtest(
    network: NetworkLike,
    *,
    define: Values | None = None,
    posts: bool = False,
    cascades: bool = False,
    measure: Literal['people', 'reach', 'views'] | None = None,
    origins: int = 5,
    log: Many[Path] | None = None,
    log_format: Literal['rows', 'seed-times', 'pairs', 'retweets'] | None = None,
    log_actor: str | float | None = None,
    log_item: str | float | None = None,
    log_time: str | float | None = None,
    log_target: str | float | None = None,
    log_type: str | float | None = None,
    log_passing: Values | None = None,
    time_unit: Literal['s', 'ms', 'us', 'min', 'h', 'd'] | None = None,
    gap: str | float | None = None,
    test: Many[Path] | None = None,
    horizon: float | None = None,
    window: float | None = None,
    draws: int = 200,
    most: int = 2000,
    conformal: bool = False,
    layers: Values | None = None,
    audience_from: Values | None = None,
    layer_weight: Values | None = None,
    half_life: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    as_of: str | float | None = None,
    undated: Literal['keep', 'drop', 'half'] = 'keep',
    unweighted: bool = False,
    no_keep: bool = False,
    plots: Path | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Predict past posts or cascades from what lay before them, and say how often the intervals held.  The
    verdict is kept beside the snapshot (market.trg: market.backtest.json, market.backtest-cascades.json), to be
    said with every later figure.

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    posts
        On the table of posts: the reach or views of each next post
    cascades
        On cascades: how many pass on what somebody starts, predicted from who starts it alone
    measure
        What is predicted: reach or views [default: what more dated posts have]
    origins
        Past times to predict from
    log
        Files that say who acted on which item, and when [default: the network's own shares]
    log_format
        How logs are written [default: found out from their content]
    log_actor
        Column (name, or number from 1) of who acted
    log_item
        Column of the item (post) acted on
    log_time
        Column of the time
    log_target
        Column of whose post was acted on
    log_type
        Column of the row's type
    log_passing
        Types of rows that pass a post on [default: share, retweet (RT), repost, reshare]
    time_unit
        What a number in the log's times counts: ms, s, min, h, d [default: told from its size where times
        are since 1970]
    gap
        Without items: retweets of one account no further apart than this are one cascade (30min, 1h, 2d)
        [default: 1h]
    test
        Other cascades, written in the same way, that are predicted from all of the log: for a split that
        was published
    horizon
        Cascades: count who acts within so many hours of the first [default: all]
    window
        Cascades: put an act down to earlier ones within so many hours alone [default: all]
    draws
        Cascades: draws of each
    most
        Cascades: predict at most so many after each past time, evenly picked
    conformal
        Cascades: correct intervals by how those of earlier past times held (split-conformal, by tier)
    layers
        Layers that make an edge: follow, like, share, … [default: follow]
    audience_from
        Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then
        labelled so)
    layer_weight
        Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    half_life
        Days after which an interaction counts half: 30 for all types, or like=7,share=90
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    until
        Only rows before this time
    as_of
        The "now" from which half-lives count back [default: the latest time in the data]
    undated
        Rows without a time, when times matter
    unweighted
        Ignore the weight column of the follow layer
    no_keep
        Do not keep the verdict beside the snapshot
    plots
        Draw calibration.svg, pit.svg and skill.svg in this folder
    force
        Replace the output file if it exists
    """
    return call(
        'backtest',
        network,
        [],
        {
            'define': ('many', define, None),
            'posts': ('flag', posts, False),
            'cascades': ('flag', cascades, False),
            'measure': ('text', measure, None),
            'origins': ('integer', origins, 5),
            'log': ('many', log, None),
            'log-format': ('text', log_format, None),
            'log-actor': ('text', log_actor, None),
            'log-item': ('text', log_item, None),
            'log-time': ('text', log_time, None),
            'log-target': ('text', log_target, None),
            'log-type': ('text', log_type, None),
            'log-passing': ('comma', log_passing, None),
            'time-unit': ('text', time_unit, None),
            'gap': ('text', gap, None),
            'test': ('many', test, None),
            'horizon': ('number', horizon, None),
            'window': ('number', window, None),
            'draws': ('integer', draws, 200),
            'most': ('integer', most, 2000),
            'conformal': ('flag', conformal, False),
            'layers': ('comma', layers, None),
            'audience-from': ('comma', audience_from, None),
            'layer-weight': ('comma', layer_weight, None),
            'half-life': ('comma', half_life, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'as-of': ('text', as_of, None),
            'undated': ('text', undated, 'keep'),
            'unweighted': ('flag', unweighted, False),
            'no-keep': ('flag', no_keep, False),
            'plots': ('path', plots, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def reconcile(
    network: NetworkLike,
    *,
    results: Many[Path] | None,
    define: Values | None = None,
    as_of: str | float | None = None,
    no_keep: bool = False,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Compare the results of a campaign with what was predicted of them, and learn from them.  Every result is
    predicted from the posts before the campaign alone. What it does to the creator's next post is said, and kept:
    the results are added to the posts of the snapshot for every later verb, and to the record of how often
    intervals held (market.trg: market.record.json).

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    results
        Table of results: creator, reach or views; time, format, sponsored, post id where known (CSV, TSV,
        NDJSON, xlsx)
    as_of
        Posts from this day on were not known yet [default: the first result's time]
    no_keep
        Do not keep the results beside the snapshot
    force
        Replace the output file if it exists
    """
    return call(
        'reconcile',
        network,
        [],
        {
            'define': ('many', define, None),
            'results': ('many', results, None),
            'as-of': ('text', as_of, None),
            'no-keep': ('flag', no_keep, False),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def report(
    network: NetworkLike,
    campaign: Path,
    *,
    output: Path,
    define: Values | None = None,
    language: Literal['en', 'vi'] | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """One page for the client, of a campaign: whom to sign, how many real people they reach, what it costs, how
    far the figures may be trusted, and what it costs if one of them falls. In English or Vietnamese, on screen and
    on paper.  The campaign is a file: title, client, brand, niche, budget or count, creators, conditions, prices,
    risk (datasets/campaign-example.toml has all of it). Every figure is that of the verbs it is asked of (select,
    reach, influence, overlap, risk); what the data cannot carry is a sentence on the page. Equal files, network and
    seed give equal bytes.

    Parameters
    ----------
    campaign
        The campaign, a TOML file
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    language
        The language of the page [default: that of the campaign, else en]
    output
        The page (.html), or a folder for the page, its tables and its pictures
    force
        Replace the output if it exists
    """
    return call(
        'report',
        network,
        [campaign],
        {
            'define': ('many', define, None),
            'language': ('text', language, None),
            'output': ('path', output, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def run(
    plan: Path,
    *,
    dry_run: bool = False,
    output: Path | None = None,
    format: Literal['table', 'tsv', 'csv', 'xlsx', 'json', 'ndjson', 'parquet', 'arrow', 'svg'] | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
    engine: Engine | None = None,
) -> Result:
    """Run one verb over networks, every combination of parameters, and seeds; one row a cell.  A plan is a TOML
    file: verb, networks, seeds, [fixed] for parameters that stay, [grid] for lists of which every combination is
    run. Finished cells are kept beside the results until all are done: a run that was stopped goes on where it was,
    and gives the same file.

    Parameters
    ----------
    plan
        The plan
    dry_run
        Run nothing: say which cells there are, what is done of them, and about what the rest takes
    output
        Write to a file; its ending gives the format (.xlsx .csv .tsv .json .ndjson .parquet .arrow .txt,
        .svg where there is a picture)
    format
        Format [default: by the file's ending; a table on a terminal, TSV in a pipe]
    force
        Replace the output file if it exists
    """
    return call(
        'run',
        None,
        [plan],
        {
            'dry-run': ('flag', dry_run, False),
            'output': ('path', output, None),
            'format': ('text', format, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells, engine,
    )


def ingest(
    inputs: Many[Path] | None = None,
    *,
    output: Path | None = None,
    into: Path | None = None,
    compress: bool = False,
    layout: Literal['names', 'followers'] | None = None,
    force: bool = False,
    dry_run: bool = False,
    pseudonymise: Path | None = None,
    edges: Literal['follower,followee', 'source,reached', 'undirected'] | None = None,
    format: Literal['edges', 'csv', 'ndjson', 'matrix-market', 'adjacency', 'parquet', 'arrow'] | None = None,
    layer: str | float | None = None,
    from_: str | float | None = None,
    to: str | float | None = None,
    type: str | float | None = None,
    time: str | float | None = None,
    weight: str | float | None = None,
    sign: str | float | None = None,
    item: str | float | None = None,
    time_unit: Literal['s', 'ms', 'us', 'min', 'h', 'd'] | None = None,
    accounts: Many[Path] | None = None,
    posts: Many[Path] | None = None,
    offers: Many[Path] | None = None,
    links: Many[Path] | None = None,
    lookups: Many[Path] | None = None,
    lists: Many[Path] | None = None,
    platform: str | float | None = None,
    account: str | float | None = None,
    currency: str | float | None = None,
    decimal: Literal['point', 'comma'] | None = None,
    dates: Literal['day-first', 'month-first'] | None = None,
    preset: str | float | None = None,
    column: Values | None = None,
    list_design: Literal['full', 'random', 'newest-first', 'engagers', 'unknown'] | None = None,
    creators_id: str | float | None = None,
    creators_niche: str | float | None = None,
    duplicates: Literal['sum', 'count', 'first', 'error'] = 'sum',
    self_loops: Literal['drop', 'error'] = 'drop',
    on_error: Literal['fail', 'skip'] | None = None,
    view: Literal['whole', 'lists', 'sampled', 'engagers', 'counts'] | None = None,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Read follower lists, edge lists and interaction logs into a snapshot that opens instantly.  The content
    decides how a file is read; the summary says what was taken and why, and accounts for every line. An edge "u v"
    means that u follows v (--edges follower,followee) unless the file or you say otherwise.

    Parameters
    ----------
    inputs
        Files of rows (plain, gzip, zstd), folders of tables or with a network.toml, or - for standard input
    output
        The snapshot to write [default: the first input's name, ending in .trg]
    into
        Add to this snapshot; it is replaced, unless -o names another
    compress
        Write the snapshot compressed: a quarter of the size (of undirected networks half), unpacked when it
        is opened
    layout
        In which order accounts stand in the snapshot [default: by name; with --into, as in the older one]
    force
        Replace the output if it exists
    dry_run
        Read everything and say what was read, but write nothing
    pseudonymise
        Replace the names of all but creators by hashes under the key in this file (32 random bytes or
        more): the same key gives the same people the same pseudonyms
    edges
        Which way a row points: "follower,followee", "source,reached" (information flows along the row) or
        "undirected" [default: follower,followee; for `u v p` with p from 0 to 1 and .inf files
        source,reached]
    format
        Shape of the file [default: found out from its content]
    layer
        Layer of rows without a type column: follow, or an interaction type such as share [default: follow]
    from_
        Column (name, or number from 1) of who follows or acts [default: the first]
    to
        Column of who is followed or acted on [default: the second]
    type
        Column of the row's type: follow, like, comment, share, mention, reply, view, …
    time
        Column of the time
    weight
        Column of a weight or probability
    sign
        Column of a sign: for or against
    item
        Column of the item (post) that an interaction is about
    time_unit
        What a bare number in the time column counts [default: s]
    accounts
        Table of creators' accounts: a row an account, every column becomes an attribute (CSV, NDJSON, xlsx)
    posts
        Table of posts with what became of them
    offers
        Rate card: what is offered at which price
    links
        Table of accounts that are one person's
    lookups
        Table of followers who were looked up: follower, creator, follows or not
    lists
        Follower lists: a folder with a file a creator (DIR/HANDLE.csv or DIR/PLATFORM/HANDLE.csv), or a
        table with a column for the creator
    platform
        Platform of accounts in tables that do not say it: tiktok, instagram, youtube, …
    account
        Account that a table is about which names none, such as a platform's export of one's own posts
    currency
        Currency of prices in tables that do not say it: VND, USD, …
    decimal
        What separates decimals, where 1.200 may be read two ways
    dates
        Which number of 03/04/2025 is the day
    preset
        Whose export it is [default: found out from its columns]
    column
        What a column means: HEADER=MEANING, such as "Kênh chính=handle" (repeatable)
    list_design
        How follower lists were drawn whose tables do not say it
    creators_id
        Column of the accounts table that names the account [default: id, handle, username, …]
    creators_niche
        Column of the accounts table that is the niche label [default: niche, category, topic]
    duplicates
        Follows that repeat: add weights up exactly, count rows, keep the first, or stop
    self_loops
        Rows of an account with itself
    on_error
        Rows that cannot be read [default: fail; for a folder of tables without a network.toml: skip]
    view
        How much of the world the data shows [default: detected]
    """
    return call(
        'ingest',
        None,
        [inputs],
        {
            'output': ('path', output, None),
            'into': ('path', into, None),
            'compress': ('flag', compress, False),
            'layout': ('text', layout, None),
            'force': ('flag', force, False),
            'dry-run': ('flag', dry_run, False),
            'pseudonymise': ('path', pseudonymise, None),
            'edges': ('text', edges, None),
            'format': ('text', format, None),
            'layer': ('text', layer, None),
            'from': ('text', from_, None),
            'to': ('text', to, None),
            'type': ('text', type, None),
            'time': ('text', time, None),
            'weight': ('text', weight, None),
            'sign': ('text', sign, None),
            'item': ('text', item, None),
            'time-unit': ('text', time_unit, None),
            'accounts': ('many', accounts, None),
            'posts': ('many', posts, None),
            'offers': ('many', offers, None),
            'links': ('many', links, None),
            'lookups': ('many', lookups, None),
            'lists': ('many', lists, None),
            'platform': ('text', platform, None),
            'account': ('text', account, None),
            'currency': ('text', currency, None),
            'decimal': ('text', decimal, None),
            'dates': ('text', dates, None),
            'preset': ('text', preset, None),
            'column': ('many', column, None),
            'list-design': ('text', list_design, None),
            'creators-id': ('text', creators_id, None),
            'creators-niche': ('text', creators_niche, None),
            'duplicates': ('text', duplicates, 'sum'),
            'self-loops': ('text', self_loops, 'drop'),
            'on-error': ('text', on_error, None),
            'view': ('text', view, None),
        },
        seed, threads, memory, progress, small_cells,
    )


def aggregate(
    logs: Many[Path] | None,
    *,
    output: Path,
    source: str | float | None = None,
    target: str | float | None = None,
    kind: str | float | None = None,
    time: str | float | None = None,
    weight: str | float | None = None,
    sign: str | float | None = None,
    time_unit: Literal['s', 'ms', 'us', 'min', 'h', 'd'] | None = None,
    kinds: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    half_life: float | None = None,
    at: str | float | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Sum logs of interactions (Parquet, Arrow) to one weighted edge a pair: who reacts to whom, how often, how
    much.  Reads columns and row groups that are needed, on all cores, in memory by pairs and not by rows. The sums
    are exact: the order of rows and files does not matter.

    Parameters
    ----------
    logs
        Parquet or Arrow files, or folders of them, also partitioned as date=2026-01-01/
    source
        Column of who interacted, so who heard [default: by its name: source, user_id, from, follower, …]
    target
        Column of whose post it was [default: by its name: target, creator, to, followee, author, …]
    kind
        Column of what was done, for --kinds [default: by its name: type, kind, action, …]
    time
        Column of the time, or none [default: by its name: time, timestamp, date, …]
    weight
        Column of a weight, or none [default: by its name: weight, value, …]
    sign
        Column of a sign, for or against, or none [default: by its name: sign, stance, sentiment, …]
    time_unit
        What a bare number in the time column counts [default: s]
    kinds
        Only these kinds, with their weights, as like=1,comment=3,share=5 [default: all, each row 1]
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or seconds since 1970)
    until
        Only rows before this time
    half_life
        Days after which a row counts half
    at
        The moment from which half-lives count back [default: --until, else the latest time in the log]
    output
        Where the edges go: .parquet, .arrow or .csv, or .trg for a network of these interactions
    force
        Replace the output if it exists
    """
    return call(
        'aggregate',
        None,
        [logs],
        {
            'source': ('text', source, None),
            'target': ('text', target, None),
            'kind': ('text', kind, None),
            'time': ('text', time, None),
            'weight': ('text', weight, None),
            'sign': ('text', sign, None),
            'time-unit': ('text', time_unit, None),
            'kinds': ('comma', kinds, None),
            'since': ('text', since, None),
            'until': ('text', until, None),
            'half-life': ('number', half_life, None),
            'at': ('text', at, None),
            'output': ('path', output, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def info(
    network: NetworkLike,
    *,
    define: Values | None = None,
    json: bool = False,
    of: str | float | None = None,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Print the data card: what this network holds, what can be said with it, and what more data would buy

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    json
        Print JSON
    of
        Print who follows this account and whom it follows, read from the snapshot at once and without
        verifying the rest
    """
    return call(
        'info',
        network,
        [],
        {
            'define': ('many', define, None),
            'json': ('flag', json, False),
            'of': ('text', of, None),
        },
        seed, threads, memory, progress, small_cells,
    )


def verify(
    snapshot: Path,
    *,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Check every checksum and invariant of a snapshot

    Parameters
    ----------
    snapshot
        The snapshot
    """
    return call(
        'verify',
        None,
        [snapshot],
        {
        },
        seed, threads, memory, progress, small_cells,
    )


def export(
    network: NetworkLike,
    *,
    define: Values | None = None,
    part: Literal['follows', 'interactions', 'accounts', 'posts', 'offers', 'lookups'] | None = None,
    format: Literal['edges', 'csv', 'mtx', 'ndjson', 'xlsx', 'parquet', 'arrow'] | None = None,
    compress: bool = False,
    layout: Literal['names', 'followers'] | None = None,
    output: Path | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Write a network as an edge list, CSV, Matrix Market or NDJSON, its tables also as xlsx; all of it as a
    snapshot

    Parameters
    ----------
    define
        Add a column to weigh or filter by, 1 for accounts of a set and 0 for others: fans='follow anh and
        not (follow bao or country=US)' (repeatable)
    part
        What to export [default: follows; of a snapshot everything]
    format
        Format [default: by the file's ending; edges on standard output]
    compress
        Write a compressed snapshot: a quarter of the size (of undirected networks half), unpacked when it
        is opened
    layout
        Write a snapshot whose accounts stand in this order [default: the one they have]
    output
        The file to write (.txt .csv .mtx .ndjson .xlsx, with .gz or .zst; .trg) [default: standard output]
    force
        Replace the output if it exists
    """
    return call(
        'export',
        network,
        [],
        {
            'define': ('many', define, None),
            'part': ('text', part, None),
            'format': ('text', format, None),
            'compress': ('flag', compress, False),
            'layout': ('text', layout, None),
            'output': ('path', output, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def generate_market(
    *,
    people: int = 100000,
    calibration: Literal['vietnam'] = 'vietnam',
    creators_scale: float | None = None,
    days: int = 90,
    posts_per_week: float = 1,
    reciprocity: float = 0.15,
    mixing: float = 0.05,
    creator_sd: float = 0.3,
    content_sd: float = 0.5,
    leak: float = 0.25,
    sign_error: float = 0.1,
    farms: int = 3,
    farm_size: float = 0.002,
    farm_buyers: int = 8,
    farm_density: float = 0.7,
    camouflage: float = 1,
    burst_days: int = 3,
    drop_off: float = 0.2,
    hijacked: float = 0,
    newcomers: float = 0,
    pods: int = 4,
    pod_size: int = 8,
    fandoms: int = 2,
    schools: int = 4,
    viral_days: int = 3,
    giveaways: int = 3,
    opposed: int = 2,
    hazard_groups: int = 9,
    worlds: int = 2000,
    world: Literal['follow', 'feed', 'threshold', 'homophily'] = 'follow',
    observe: Literal['agency'] | None = None,
    observe_creators: int = 300,
    list_limit: int = 5000,
    list_design: Literal['random', 'newest-first', 'mixed'] = 'mixed',
    missing_times: float = 0.3,
    sponsored: float = 0.25,
    sponsored_effect: float = 0.75,
    recommended: float = 1,
    second_accounts: float = 0.1,
    linked: float = 0.5,
    folder: Path | None = None,
    output: Path = 'market.trg',
    truth: Path | None = None,
    posts: Path | None = None,
    format: Literal['table', 'tsv', 'csv', 'xlsx', 'json', 'ndjson', 'parquet', 'arrow', 'svg'] | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """A creator economy with a known truth: people, creators, niches, follows, posts, interactions, prices
    Writes two files: the network as an observer sees it, and the truth behind it (every probability, label, effect
    and hazard, and the true reach of every creator with its standard error). Prints what was asked against what
    came out. Handles are made up and name nobody. With --observe, two files more (.agency.trg and
    .agency.truth.json) hold what an agency would see of it, and the truth behind that.

    Parameters
    ----------
    people
        People, creators included; bots come on top
    calibration
        The economy that is copied at a smaller scale
    creators_scale
        Creators as a part of the full number [default: square root of the scale]
    days
        Days of posts and interactions
    posts_per_week
        Posts a week of an average creator
    reciprocity
        Share of all follows that are returned
    mixing
        Weight of following somebody outside one's interests, beside the interest in a niche (0 to 1)
    creator_sd
        Spread of creators' effects on exposure (of the log)
    content_sd
        Spread of posts' effects on exposure (of the log)
    leak
        People who share a post without having seen it in the network, for each direct sharer expected
    sign_error
        Chance that the sign of a comment or share is read wrongly
    farms
        Bot farms
    farm_size
        Bots of a farm, as a share of people (20 at least)
    farm_buyers
        Creators who buy from a farm
    farm_density
        Share of a farm's bots that follow each of its buyers
    camouflage
        Follows of innocent creators a bought follow
    burst_days
        Days within which bought followers arrive
    drop_off
        Share of bought followers that have dropped off again
    hijacked
        Share of a farm's accounts that are people's, taken over: they keep follows and friends, and nobody
        reads them
    newcomers
        Share of ordinary follows that begin within the days of posts, evenly spread; the others began
        before
    pods
        Engagement pods; every other one shares a niche
    pod_size
        Creators of a pod
    fandoms
        Fandoms: innocent people of one niche who all follow its idols
    schools
        Schools: innocent friends who all follow the same small creators
    viral_days
        Viral days: innocent bursts of followers
    giveaways
        Giveaways: innocent people who all followed two creators within two days
    opposed
        Pairs of opposed camps, each pair in a niche of its own
    hazard_groups
        Groups of creators who fall together (agencies, friends, products)
    worlds
        Worlds behind the true reach
    world
        How reach comes about; all but `follow` break the assumptions of every estimator
    observe
        Also write the market as somebody sees it who does not see everything
    observe_creators
        Creators' accounts that the agency holds
    list_limit
        Longest follower list that the provider gives
    list_design
        How longer lists are cut
    missing_times
        Share of posts whose time is missing
    sponsored
        Share of posts that somebody paid for
    sponsored_effect
        Chance to see a sponsored post of whoever would see an ordinary one, for the median creator
    recommended
        People reached by recommendation, as a multiple of what is usual on each platform
    second_accounts
        Share of creators who have a second account, on another platform
    linked
        Share of these whose two accounts the agency knows to be one person's
    folder
        Also write what the agency holds as files: accounts, posts, offers, links, follower lists
    output
        The snapshot to write
    truth
        The truth file (.json or .json.gz) [default: the snapshot's name, ending in .truth.json.gz]
    posts
        Also write the posts as a platform shows them (CSV)
    format
        Format of the card [default: a table on a terminal, TSV in a pipe]
    force
        Replace outputs that exist
    """
    return call(
        'generate market',
        None,
        [],
        {
            'people': ('integer', people, 100000),
            'calibration': ('text', calibration, 'vietnam'),
            'creators-scale': ('number', creators_scale, None),
            'days': ('integer', days, 90),
            'posts-per-week': ('number', posts_per_week, 1),
            'reciprocity': ('number', reciprocity, 0.15),
            'mixing': ('number', mixing, 0.05),
            'creator-sd': ('number', creator_sd, 0.3),
            'content-sd': ('number', content_sd, 0.5),
            'leak': ('number', leak, 0.25),
            'sign-error': ('number', sign_error, 0.1),
            'farms': ('integer', farms, 3),
            'farm-size': ('number', farm_size, 0.002),
            'farm-buyers': ('integer', farm_buyers, 8),
            'farm-density': ('number', farm_density, 0.7),
            'camouflage': ('number', camouflage, 1),
            'burst-days': ('integer', burst_days, 3),
            'drop-off': ('number', drop_off, 0.2),
            'hijacked': ('number', hijacked, 0),
            'newcomers': ('number', newcomers, 0),
            'pods': ('integer', pods, 4),
            'pod-size': ('integer', pod_size, 8),
            'fandoms': ('integer', fandoms, 2),
            'schools': ('integer', schools, 4),
            'viral-days': ('integer', viral_days, 3),
            'giveaways': ('integer', giveaways, 3),
            'opposed': ('integer', opposed, 2),
            'hazard-groups': ('integer', hazard_groups, 9),
            'worlds': ('integer', worlds, 2000),
            'world': ('text', world, 'follow'),
            'observe': ('text', observe, None),
            'observe-creators': ('integer', observe_creators, 300),
            'list-limit': ('integer', list_limit, 5000),
            'list-design': ('text', list_design, 'mixed'),
            'missing-times': ('number', missing_times, 0.3),
            'sponsored': ('number', sponsored, 0.25),
            'sponsored-effect': ('number', sponsored_effect, 0.75),
            'recommended': ('number', recommended, 1),
            'second-accounts': ('number', second_accounts, 0.1),
            'linked': ('number', linked, 0.5),
            'folder': ('path', folder, None),
            'output': ('path', output, 'market.trg'),
            'truth': ('path', truth, None),
            'posts': ('path', posts, None),
            'format': ('text', format, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def generate_rmat(
    *,
    scale: int = 16,
    edge_factor: int = 16,
    a: float = 0.57,
    b: float = 0.19,
    c: float = 0.19,
    noise: float = 0,
    permute: bool = True,
    output: Path | None = None,
    accounts: Path | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """R-MAT (stochastic Kronecker, Graph500): skewed, directed

    Parameters
    ----------
    scale
        Levels: 2^SCALE accounts
    edge_factor
        Follows drawn for each account
    a
        Chance of the first quadrant
    b
        Chance of the second quadrant
    c
        Chance of the third quadrant; the fourth has what is left
    noise
        Noise on the chances of each level, which smooths the degrees' waves; at most (a+d)/2, b and c
    permute
        Whether ids are permuted, so that they tell nothing of the degrees
    output
        The file to write: .trg (snapshot), .txt, .csv or .mtx, these also .gz or .zst [default: the model's
        name, .trg]
    accounts
        Also write the accounts with their planted communities
    force
        Replace the files if they exist
    """
    return call(
        'generate rmat',
        None,
        [],
        {
            'scale': ('integer', scale, 16),
            'edge-factor': ('integer', edge_factor, 16),
            'a': ('number', a, 0.57),
            'b': ('number', b, 0.19),
            'c': ('number', c, 0.19),
            'noise': ('number', noise, 0),
            'permute': ('boolean', permute, True),
            'output': ('path', output, None),
            'accounts': ('path', accounts, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def generate_ba(
    *,
    people: int = 10000,
    attach: int = 8,
    undirected: bool = False,
    output: Path | None = None,
    accounts: Path | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Barabási–Albert: newcomers follow the followed

    Parameters
    ----------
    people
        Accounts
    attach
        Accounts that each newcomer draws
    undirected
        Links without direction: each is stored both ways
    output
        The file to write: .trg (snapshot), .txt, .csv or .mtx, these also .gz or .zst [default: the model's
        name, .trg]
    accounts
        Also write the accounts with their planted communities
    force
        Replace the files if they exist
    """
    return call(
        'generate ba',
        None,
        [],
        {
            'people': ('integer', people, 10000),
            'attach': ('integer', attach, 8),
            'undirected': ('flag', undirected, False),
            'output': ('path', output, None),
            'accounts': ('path', accounts, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def generate_er(
    *,
    people: int = 10000,
    p: float | None = None,
    m: int | None = None,
    mean_degree: float = 16,
    undirected: bool = False,
    output: Path | None = None,
    accounts: Path | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Erdős–Rényi: every possible follow alike

    Parameters
    ----------
    people
        Accounts
    p
        Chance of each possible follow
    m
        Exactly this many follows instead
    mean_degree
        Follows an account (undirected: links), where neither --p nor --m is given
    undirected
        Links without direction: each is stored both ways
    output
        The file to write: .trg (snapshot), .txt, .csv or .mtx, these also .gz or .zst [default: the model's
        name, .trg]
    accounts
        Also write the accounts with their planted communities
    force
        Replace the files if they exist
    """
    return call(
        'generate er',
        None,
        [],
        {
            'people': ('integer', people, 10000),
            'p': ('number', p, None),
            'm': ('integer', m, None),
            'mean-degree': ('number', mean_degree, 16),
            'undirected': ('flag', undirected, False),
            'output': ('path', output, None),
            'accounts': ('path', accounts, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def generate_ws(
    *,
    people: int = 10000,
    degree: int = 10,
    rewire: float = 0.1,
    output: Path | None = None,
    accounts: Path | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Watts–Strogatz: a ring with short cuts, undirected

    Parameters
    ----------
    people
        Accounts
    degree
        Neighbours on the ring, half of them on either side
    rewire
        Share of links led elsewhere
    output
        The file to write: .trg (snapshot), .txt, .csv or .mtx, these also .gz or .zst [default: the model's
        name, .trg]
    accounts
        Also write the accounts with their planted communities
    force
        Replace the files if they exist
    """
    return call(
        'generate ws',
        None,
        [],
        {
            'people': ('integer', people, 10000),
            'degree': ('integer', degree, 10),
            'rewire': ('number', rewire, 0.1),
            'output': ('path', output, None),
            'accounts': ('path', accounts, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def generate_sbm(
    *,
    people: int = 10000,
    blocks: int = 10,
    sizes: Values | None = None,
    mean_degree: float = 16,
    mixing: float = 0.2,
    p_in: float | None = None,
    p_out: float | None = None,
    degree_exponent: float | None = None,
    max_degree: int | None = None,
    output: Path | None = None,
    accounts: Path | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Stochastic block model, also degree-corrected: planted communities, undirected

    Parameters
    ----------
    people
        Accounts
    blocks
        Blocks of equal size
    sizes
        Sizes of the blocks, instead of --people and --blocks
    mean_degree
        Links an account
    mixing
        Share of links that leave their block
    p_in
        Chance of a link within a block, instead of --mean-degree and --mixing
    p_out
        Chance of a link between blocks
    degree_exponent
        Degrees by a power law of this exponent instead of alike
    max_degree
        Largest expected degree with an exponent [default: sqrt(mean degree × people)]
    output
        The file to write: .trg (snapshot), .txt, .csv or .mtx, these also .gz or .zst [default: the model's
        name, .trg]
    accounts
        Also write the accounts with their planted communities
    force
        Replace the files if they exist
    """
    return call(
        'generate sbm',
        None,
        [],
        {
            'people': ('integer', people, 10000),
            'blocks': ('integer', blocks, 10),
            'sizes': ('comma', sizes, None),
            'mean-degree': ('number', mean_degree, 16),
            'mixing': ('number', mixing, 0.2),
            'p-in': ('number', p_in, None),
            'p-out': ('number', p_out, None),
            'degree-exponent': ('number', degree_exponent, None),
            'max-degree': ('integer', max_degree, None),
            'output': ('path', output, None),
            'accounts': ('path', accounts, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def generate_lfr(
    *,
    people: int = 10000,
    mean_degree: float = 20,
    max_degree: int | None = None,
    degree_exponent: float = 2.5,
    community_exponent: float = 1.5,
    mixing: float = 0.3,
    min_community: int | None = None,
    max_community: int | None = None,
    output: Path | None = None,
    accounts: Path | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Lancichinetti–Fortunato–Radicchi: planted communities, skewed degrees and sizes, undirected

    Parameters
    ----------
    people
        Accounts
    mean_degree
        Links an account
    max_degree
        Largest degree [default: sqrt(mean degree × people)]
    degree_exponent
        Exponent of the power law of the degrees
    community_exponent
        Exponent of the power law of the sizes of communities
    mixing
        Share of each account's links that leave its community
    min_community
        Smallest community [default: the mean degree, at least 10]
    max_community
        Largest community [default: half more than the largest degree needs, at least 5 times the smallest]
    output
        The file to write: .trg (snapshot), .txt, .csv or .mtx, these also .gz or .zst [default: the model's
        name, .trg]
    accounts
        Also write the accounts with their planted communities
    force
        Replace the files if they exist
    """
    return call(
        'generate lfr',
        None,
        [],
        {
            'people': ('integer', people, 10000),
            'mean-degree': ('number', mean_degree, 20),
            'max-degree': ('integer', max_degree, None),
            'degree-exponent': ('number', degree_exponent, 2.5),
            'community-exponent': ('number', community_exponent, 1.5),
            'mixing': ('number', mixing, 0.3),
            'min-community': ('integer', min_community, None),
            'max-community': ('integer', max_community, None),
            'output': ('path', output, None),
            'accounts': ('path', accounts, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def generate_configuration(
    *,
    people: int = 10000,
    degree_exponent: float = 2.5,
    mean_degree: float = 16,
    max_degree: int | None = None,
    like: Many[Path] | None = None,
    degrees: Path | None = None,
    output: Path | None = None,
    accounts: Path | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Given degrees, links at random

    Parameters
    ----------
    people
        Accounts
    degree_exponent
        Exponent of the power law of the degrees
    mean_degree
        Links an account
    max_degree
        Largest degree [default: sqrt(mean degree × people)]
    like
        Degrees of this network (a snapshot, a folder, raw files) instead of a power law
    degrees
        Degrees from a file, one number a line, instead of a power law; undirected
    output
        The file to write: .trg (snapshot), .txt, .csv or .mtx, these also .gz or .zst [default: the model's
        name, .trg]
    accounts
        Also write the accounts with their planted communities
    force
        Replace the files if they exist
    """
    return call(
        'generate configuration',
        None,
        [],
        {
            'people': ('integer', people, 10000),
            'degree-exponent': ('number', degree_exponent, 2.5),
            'mean-degree': ('number', mean_degree, 16),
            'max-degree': ('integer', max_degree, None),
            'like': ('many', like, None),
            'degrees': ('path', degrees, None),
            'output': ('path', output, None),
            'accounts': ('path', accounts, None),
            'force': ('flag', force, False),
        },
        seed, threads, memory, progress, small_cells,
    )


def priors(
    *,
    seed: int = 1,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
    small_cells: bool = False,
) -> Result:
    """Print what the model prior assumes, as a TOML file to edit and give to --priors
    """
    return call(
        'priors',
        None,
        [],
        {
        },
        seed, threads, memory, progress, small_cells,
    )
