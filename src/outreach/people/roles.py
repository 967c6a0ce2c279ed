"""The roles that a contact can have, and what each is called."""

from functools import cache

from outreach.language import NP_, Word, folded, in_use


class RoleName(Word):
    """A role; how its holders are addressed is in `country/`."""

    MAYOR = "mayor", NP_("role", "mayor")
    DISTRICT_MAYOR = "district-mayor", NP_("role", "mayor of a district")
    DEPUTY_MAYOR = "deputy-mayor", NP_("role", "deputy mayor")
    COUNCILLOR = "councillor", NP_("role", "municipal councillor")
    COUNCILLORS = "councillors", NP_("role", "municipal council")
    METROPOLITAN_PRESIDENT = "metropolitan-president", NP_("role", "president of a metropolis")
    DEPARTMENT_PRESIDENT = "department-president", NP_("role", "president of a department")
    DEPARTMENTAL_COUNCILLOR = "departmental-councillor", NP_("role", "departmental councillor")
    REGIONAL_PRESIDENT = "regional-president", NP_("role", "president of a region")
    REGIONAL_COUNCILLOR = "regional-councillor", NP_("role", "regional councillor")
    INTERMUNICIPAL_PRESIDENT = "intermunicipal-president", NP_("role", "president of an intermunicipal body")
    METROPOLITAN_COUNCILLOR = "metropolitan-councillor", NP_("role", "metropolitan councillor")
    INTERMUNICIPAL_COUNCILLOR = "intermunicipal-councillor", NP_("role", "intermunicipal councillor")
    DISTRICT_COUNCILLOR = "district-councillor", NP_("role", "district councillor")
    DELEGATED_MAYOR = "delegated-mayor", NP_("role", "delegated mayor")
    VICE_PRESIDENT = "vice-president", NP_("role", "vice-president")
    ASSEMBLY_PRESIDENT = "assembly-president", NP_("role", "president of an assembly")
    ADVISER_ABROAD = "adviser-abroad", NP_("role", "adviser of the French abroad")
    PREFECT = "prefect", NP_("role", "prefect")
    SUB_PREFECT = "sub-prefect", NP_("role", "sub-prefect")
    MP = "mp", NP_("role", "member of parliament")
    SENATOR = "senator", NP_("role", "senator")
    MINISTER = "minister", NP_("role", "minister")
    AUTHORITY = "authority", NP_("role", "authority")
    ORGANISATION = "organisation", NP_("role", "organisation")
    PERSON = "person", NP_("role", "person without an office")


_CODED = "en"
"""The language of the codes."""
ROLES = tuple(role.value for role in RoleName)


def role_names() -> dict[str, str]:
    """Return every role's name in the user's language, in the order of the roles."""
    return {role.value: role.said for role in RoleName}


def role_to_type(role: str) -> str:
    """Return a role as somebody types it: by its code, which is English, else by its name."""
    return role if in_use() == _CODED else RoleName(role).said


def role_called(text: str) -> str:
    """Return the role of a code or of a name, as any of the languages says it whole; empty for none."""
    return _by_spelling().get(folded(text), "")


@cache
def _by_spelling() -> dict[str, str]:
    return {spelling: role.value for role in RoleName for spelling in role.spellings}
