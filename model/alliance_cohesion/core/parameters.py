"""The table of parameters: name, unit, range, rule and meaning."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attribute:
    """One row of an attribute table."""

    name: str
    unit: str
    low: float
    high: float
    rule: str
    meaning: str


PARAMETERS: tuple[Attribute, ...] = (
    Attribute("b_S", "log-odds per unit of security", 0, 50, "R4", "pull of security"),
    Attribute("b_D", "log-odds per unit of dependence", 0, 50, "R4", "pull of dependence"),
    Attribute("b_P", "log-odds per unit of threat", 0, 50, "R4", "push of threat from inside"),
    Attribute("b_A", "log-odds per unit of demand", 0, 50, "R4", "push of demands on autonomy"),
    Attribute("b_O", "log-odds per log point", 0, 50, "R4", "pull of outside offers"),
    Attribute("kappa", "log-odds per share of members", 0, 50, "R4", "contagion of leaving"),
    Attribute("f_leave", "log years", -20, 30, "R6", "threshold of leaving between renewals"),
    Attribute("f_renew", "log-odds", -20, 30, "R7", "threshold of not signing at a renewal"),
    Attribute("f_return", "log years", -20, 30, "R9", "threshold of coming back"),
    Attribute("c_freeze", "log-odds", -20, 20, "R8", "freezing rather than leaving, at D = 0"),
    Attribute("b_freeze", "log-odds per unit of dependence", 0, 50, "R8", "how dependence freezes"),
    Attribute("h_threat", "years", 0.01, 100, "R1", "half-life of fear"),
    Attribute("h_memory", "years", 0.01, 100, "R2", "half-life of promises and of others' exits"),
    Attribute("h_align", "years", 0.01, 100, "R5", "half-life of alignment"),
    Attribute("omega", "share", 0, 1, "R2", "weight of what the patron did for others"),
    Attribute("gamma", "share", 0, 2, "R3", "weight of internal against external threat"),
    Attribute("rho_prior", "probability", 0.01, 0.99, "R2", "reliability expected of any patron"),
    Attribute("n_prior", "requests", 0.05, 100, "R2", "requests that this expectation weighs"),
    Attribute("b_R", "log-odds per unit", 0, 50, "R4", "alternative to R3: reliability alone"),
    Attribute("b_T", "log-odds per unit", -50, 50, "R4", "alternative to R3: threat alone"),
)


NAMES = tuple(attribute.name for attribute in PARAMETERS)
THRESHOLDS = ("f_leave", "f_renew", "f_return", "c_freeze", "b_freeze")
"""The parameters of R6 to R9: all that decisions need besides alignment and dependence."""
