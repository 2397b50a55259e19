"""The host table's referrer spam: hosts that send nobody and only want to stand in reports.

Written like the host table, and part of its version. Source: what has been on the public list
https://github.com/matomo-org/referrer-spam-list, without hosts that people do read.
"""

from __future__ import annotations

SPAM = """
. - semalt.com semalt.net semaltmedia.com darodar.com econom.co priceg.com
. - ilovevitaly.{co com info org ru xyz} ilikevitaly.com iloveitaly.ro iloveitaly.ru
. - blackhatworth.com hulfingtonpost.com humanorightswatch.org theguardlan.com cenoval.ru
. - cenokos.ru bestwebsitesawards.com guardlink.org o-o-6-o-o.com o-o-6-o-o.ru o-o-8-o-o.com
. - o-o-8-o-o.ru o-o-11-o-o.com {1 2 3 4 5 6 7 8 9 10}-best-seo.com best-seo-offer.com
. - best-seo-solution.com best-seo-software.xyz 100dollars-seo.com 1-99seo.com
. - 99-reasons-for-seo.com 100-reasons-for-seo.com 12-reasons-for-seo.net 15-reasons-for-seo.com
. - success-seo.com progressive-seo.com e-commerce-seo.com e-commerce-seo1.com ecommerce-seo.org
. - anti-crisis-seo.com super-seo-guru.com top1-seo-service.com topseoservices.co
. - resell-seo-services.com seo-2-0.com seo-services-b2b.com seo-services-wordpress.com
. - seo-platform.com seo-traffic.xyz seo-tips.top seo-smm.kz seoanalyses.com seobook.top
. - seocheckupx.com seocheckupx.net seoexperimenty.ru seojokes.net seopub.net seoservices2018.com
. - ai-seo-services.com amazon-seo-service.com auto-b2b-seo-service.com auto-seo-service.org
. - autoseo-service.org autoseo-traffic.com autoseotips.com dailyseo.xyz blogseo.xyz dev-seo.blog
. - get-seo-help.com local-seo-for-multiple-locations.com own-ahrefs.com wakeupseoconsultant.com
. - seoriseome.netlify.app newbieseoblog.online cheap-trusted-backlinks.com backlinks-fast-top.com
. - buttons-for-website.com buttons-for-your-website.com free-share-buttons.com
. - simple-share-buttons.com floating-share-buttons.com 1-free-share-buttons.com
. - share-buttons-for-free.com share-buttons.xyz sharebutton.io sharebutton.net sharebutton.to
. - free-floating-buttons.com free-social-buttons.com free-social-buttons.xyz
. - free-social-buttons7.xyz get-your-social-buttons.info social-buttons.com social-button.xyz
. - social-buttons-ii.xyz socialbuttons.xyz social-widget.xyz dbutton.net socialseet.ru
. - socialtrade.biz websocial.me social-traffic-{1 2 3 4 5 7}.xyz free-fb-traffic.com
. - free-fbook-traffic.com free-traffic.xyz get-free-traffic-now.com get-free-social-traffic.com
. - free-website-traffic.com freewhatsappload.com getbottraffic4free.xyz bottraffic.live
. - bottraffic{143 329 999}.xyz bottraffic4free.club bottraffic4free.host bot-traffic.icu
. - bot-traffic.xyz trafficbot.life trafficbot4free.xyz websitebottraffic.host traffic2cash.org
. - traffic2cash.xyz traffic2money.com traffic-cash.xyz trafficdrive.club trafficgenius.xyz
. - trafficmonetize.org trafficmonetizer.org trafficstudio.club gammatraffic.com wptraffic.xyz
. - webmaster-traffic.com mycheaptraffic.com mytraffic.shop yourtraffic.club startraffic.online
. - supertraffic.xyz xtraffic.plus xtrafficplus.{com online shop xyz} increasewwwtraffic.info
. - get-more-freeer-visitors.info get-more-freeish-visitors.info ghostvisitor.com
. - blogorganictraffic.shop blogtraffic.shop event-tracking.com landoftracking.com
. - hosting-tracker.com domain-tracker.com bdf-tracker.top webmonetizer.net monetizationking.net
. - web-revenue.xyz videos-for-your-business.com 4webmasters.org 1webmaster.ml wmasterlead.com
. - fix-website-errors.com certifywebsite.win site-auditor.online slow-website.xyz
. - rank-checker.online track-rankings.online robocheck.info rankings-analytics.com
. - website-analytics.online website-analyzer.info web-analytics.date website-speed-check.site
. - website-speed-checker.site speedup-my.site analytics-ads.xyz keywords-monitoring-success.com
. - keywords-monitoring-your-success.com ranksonic.{info net org} dailyrank.net kambasoft.com
. - savetubevideo.com savetubevideo.info fbdownloader.com uptime-{as eu us}.net uptimechecker.com
. - sitevaluation.org websites-reviews.com weburlopener.com acunetix-referrer.com anticrawler.org
. - adrenalinebot.net adrenalinebot.ru alfabot.xyz best-ping-service-usa.blue 7makemoneyonline.com
. - makemoneyonline.com 5-steps-to-start-business.com earn-from-articles.com
. - money-for-placing-articles.com getrichquick.ml getrichquickly.info net-profits.xyz
. - exclusive-profit.com paidonlinesites.com residualforlife.com earnian-money.info money7777.info
. - google-liar.ru googlemare.com googlsucks.com obsessionphrases.com chinese-amezon.com
. - growth-hacking{an or y}.info perform-like-alibabaity.info perform-likeism-alibaba.info
. - krumble-ads{de en}.info krumbleent-ads.info getaadsincome.info getadsincomely.info
. - getfy-click.info getpy-click.info get-clickize.info for-marketersy.info for-your.website
. - nubuilderian.info we-ping-for-youic.info sell-fb-group-here.com amp-project.pro alibestsale.com
. - aliexsale.ru boostmyppc.com boost24.biz sitesadd.com
. - cookie-law-enforcement-{aa bb cc dd ee ff gg hh ii jj kk ll mm}.xyz
. - cookie-law-enforcement-{nn oo pp qq rr ss tt uu vv ww xx yy zz}.xyz
. - eu-cookie-law-enforcement2.xyz law-enforcement-ee.xyz law-enforcement-bot-ff.xyz
. - law-enforcement-check-three.xyz law-check-two.xyz law-six.xyz
. - compliance-{alex alexa andrew barak brian don donald elena fred george irvin ivan}.xyz
. - compliance-john.top compliance-julianna.top howtostopreferralspam.eu search-error.com
. - iyfsearch.com screentoolkit.com iminent.com luxup.ru free-video-chat.ru porn-video-chat.ru
. - exotic-video-chat.ru online-video-chat.ru gays-video-chat.ru ero-video-chat.org
. - adult-video-chat.ru eroticheskij-video-chat.ru russian-videochats.ru sex-videochats.ru
. - virtual-sex-{chat time videochat}.ru virtual-love-video.ru videochat.guru videochat.world
. - xxxvideochat.ru pornhub-forum.ga pornhub-ru.com youporn-forum.ga youporn-ru.com
. - rapidgator-porn.ga casino-top3.{fun online ru site space website} casino-vulkane.com
. - casino-v.site cazino-v.online cazino-v.ru v-casino.{fun host ru site website xyz}
. - v-cazino.online v-cazino.ru gk-casino.{fun online ru site space website} vavada-casino.host
. - vavada-casino.top superslots-casino.online superslots-casino.site
. - 1xslot-casino.{online ru site} 1xslots-{africa brasil casino}.site 1xbet-entry.ru
. - 1xbetportugal.com live-xbet.com hydra-2019.ru hydra-2020.ru hydra-2020.online
. - hydra2020market.com hydra2020gate.com hydra2020onion.com hydra2020zerkala.com
. - hydra2020zerkalo.com hydra1717.com buypillsonline24h.com cheappills24h.com pills24h.com
. - meds-online24.com drugstoreforyou.com copyrightclaims.org copyrightinstitute.org
. - petrovka-online.com fast-wordpress-start.com iskalko.ru responsive-test.net burger-imperia.com
. - pizza-imperia.com pizza-tycoon.com gobongo.info trion.od.ua snip.to snip.tw soaksoak.ru
"""
