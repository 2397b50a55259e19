"""Templates of campaign links that come with the program, with each platform's own macros.

A macro is filled in by the platform at the click; a blank `<…>` by whoever builds the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, Mapping[str, str]]] = {
    "google-ads": {
        "utm_source": "google",
        "utm_medium": "cpc",
        "utm_campaign": "<campaign>",
        "utm_id": "{campaignid}",
        "utm_content": "{creative}",
        "utm_term": "{keyword}",
    },
    "microsoft-ads": {
        "utm_source": "bing",
        "utm_medium": "cpc",
        "utm_campaign": "<campaign>",
        "utm_id": "{CampaignId}",
        "utm_content": "{AdId}",
        "utm_term": "{keyword:default}",
    },
    "meta-ads": {
        "utm_source": "facebook",
        "utm_medium": "paid-social",
        "utm_campaign": "{{campaign.name}}",
        "utm_id": "{{campaign.id}}",
        "utm_term": "{{adset.name}}",
        "utm_content": "{{ad.name}}",
    },
    "tiktok-ads": {
        "utm_source": "tiktok",
        "utm_medium": "paid-social",
        "utm_campaign": "__CAMPAIGN_NAME__",
        "utm_id": "__CAMPAIGN_ID__",
        "utm_term": "__AID_NAME__",
        "utm_content": "__CID_NAME__",
    },
    "linkedin-ads": {
        "utm_source": "linkedin",
        "utm_medium": "paid-social",
        "utm_campaign": "<campaign>",
        "utm_content": "<ad>",
    },
    "newsletter": {
        "utm_source": "newsletter",
        "utm_medium": "email",
        "utm_campaign": "<issue>",
        "utm_content": "<place>",
    },
}
"""By name: the parameters, and what stands in them."""
